"""The longest statement of the sample: a catalogue of monitoring rules, as large systems really have them."""

from html import escape

# What is watched, and what is unusual about it.
_WATCHED = {
    "Landing zone": (
        ("Files from a source outside its agreed hours", "The loading job is paused until the source confirms by telephone."),
        ("A file more than three times its usual size", "The file is opened in the closed workspace and compared with the previous one."),
        ("A file whose structure differs from the agreement", "The file is refused and the partner receives the first ten differences."),
        ("Two engines disagree about a file", "The file stays in quarantine; the maker of the silent engine is informed."),
    ),
    "Core databases": (
        ("A query that returns more than a million rows to a person", "The result is held back and the analyst is asked for the purpose."),
        ("A query that names a single person", "The data steward sees it on the next morning with the stated reason."),
        ("A change of a masking rule", "Two approvers are compared with the policy file; a mismatch is rolled back at once."),
        ("A grant of a right outside the catalogue", "The right is withdrawn and the administrator is called."),
        ("Use of the administration account without a ticket", "The session is ended and recorded as an incident."),
    ),
    "Serving zone": (
        ("A report opened from a country where nobody travels", "The session is ended; the person is called on the number in the directory."),
        ("More than twenty exports by one person in a day", "Further exports wait for the data steward."),
        ("An extract opened after its expiry", "The recipient and the owner of the data set are informed."),
        ("A dashboard embedded in an unknown site", "The embedding key is changed and the site's owner is written to."),
    ),
    "Platform": (
        ("A server that differs from its description", "The server is taken out of service and built again."),
        ("An agent that has not reported for ten minutes", "The server is isolated unless maintenance was announced."),
        ("A new listening port", "The port is closed by the firewall until a change request is found."),
        ("A clock more than 100 milliseconds off", "Records of the server are marked and the time service is checked."),
        ("A disk filling faster than planned", "The duty engineer decides between more space and pausing a load."),
    ),
    "Identities": (
        ("Sign-in with a card that was reported lost", "The card is blocked everywhere and the gate is informed."),
        ("A service account used from a new address", "The password is changed by the vault and the team is called."),
        ("Ten refused questions in an hour by one person", "The data steward offers help, and looks at what was asked."),
        ("A leaver's account that is still active", "The account is disabled and the personnel office is asked why."),
    ),
}  # fmt: skip

_SHIFTS = (
    ("working hours", "data steward", "medium"),
    ("evenings and weekends", "duty engineer", "high"),
    ("the days before a publication", "security operations", "critical"),
)


def monitoring_catalogue() -> str:
    """HTML of more than 20,000 characters: for each zone a heading and a table with a line for each rule and shift."""
    parts = []
    number = 0
    for zone, rules in _WATCHED.items():
        parts.append(f"<h3>{escape(zone)}</h3>")
        parts.append(
            "<table>\n<thead><tr><th>No.</th><th>Unusual</th><th>When</th><th>Class</th><th>What is done, and by whom</th></tr></thead>\n<tbody>"
        )
        for unusual, answer in rules:
            for shift, person, severity in _SHIFTS:
                number += 1
                parts.append(
                    f"<tr><td>{number}</td><td>{escape(unusual)}</td><td>During {shift}</td><td>{severity}</td>"
                    f"<td>{escape(answer)} First look: <em>{person}</em>, within "
                    f"{'five minutes' if severity == 'critical' else 'fifteen minutes' if severity == 'high' else 'four hours'}."
                    f" The case is closed with a cause, and counted in the monthly figures.</td></tr>"
                )
        parts.append("</tbody>\n</table>")
    return "\n".join(parts)
