"""Names and secrets of the accounts that every stand-in instance starts with."""

# The service account of every sandbox, and the other ways in that lead to it.
SERVICE_ACCOUNT = "grcpush.svc"
SERVICE_PASSWORD = "sandbox-password"
OAUTH_CLIENT = "sandbox-client"
OAUTH_SECRET = "sandbox-client-secret"
API_KEY = "sandbox-api-key"
SOMEBODY_ELSE = "jane.roe"
