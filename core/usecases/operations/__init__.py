"""For those who run the deployment: counts, clean-up, requests that must not be done twice."""
