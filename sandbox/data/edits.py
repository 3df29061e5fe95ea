"""The edits of the sample, each as words replaced in the first text, so that it stays true when that text is mended."""

from dataclasses import dataclass

from sandbox.servicenow import SOMEBODY_ELSE

EDITOR = "editor@example.com"
REQUESTER = "requester@example.com"


@dataclass(frozen=True)
class Edit:
    """Replacements in one statement. A pair whose first part is "" is the whole new text of an empty statement."""

    system: str
    control: str
    replaced: tuple[tuple[str, str], ...]
    author: str = EDITOR

    def applied_to(self, html: str) -> str:
        """The new text; raises ValueError where the words to replace do not occur exactly once."""
        for old, new in self.replaced:
            if old == "" and html == "":
                return new
            if html.count(old) != 1:
                raise ValueError(f"{self.system}/{self.control}: {old!r} occurs {html.count(old)} times")
            html = html.replace(old, new)
        return html


PAYROLL, PORTAL, WAREHOUSE = "Payroll Cloud", "Citizen Portal", "Data Warehouse"

LOCAL: tuple[Edit, ...] = (
    Edit(
        PAYROLL,
        "AC-2",
        (
            ("are reviewed every three months", "are reviewed every month"),
            ("at most six people hold this role", "at most four people hold this role"),
        ),
    ),
    Edit(PAYROLL, "AC-2(3)", (("within one hour of the leaving date", "within 15 minutes of the leaving date"),)),
    Edit(
        PAYROLL,
        "AC-7",
        (
            (
                "After five failed attempts within fifteen minutes the account is locked for thirty minutes",
                "After three failed attempts within fifteen minutes the account is locked for one hour",
            ),
        ),
    ),
    Edit(
        PAYROLL,
        "AU-6",
        (
            (
                "reviews the daily summary before ten o'clock on each working day",
                "reviews the daily summary before nine o'clock on every calendar day",
            ),
            ("rated within one day", "rated within four hours"),
        ),
    ),
    Edit(
        PAYROLL,
        "IA-2(1)",
        (
            (
                "the spare one is sealed in the office safe.",
                "the spare one is sealed in the office safe. A lost key is blocked within ten minutes of the call to the service desk.",
            ),
        ),
        REQUESTER,
    ),
    Edit(
        PAYROLL,
        "IR-6",
        (("informs the data protection officer within 4 hours", "informs the data protection officer within 2 hours"),),
    ),
    Edit(
        PORTAL,
        "AT-2",
        (("Q3 55&nbsp;%. Goal: 60&nbsp;%.", "Q3 55&nbsp;%, Q4 61&nbsp;% 🎉. Goal for next year: 70&nbsp;%."),),
    ),
    Edit(
        PORTAL,
        "CM-7",
        (
            (
                "<td>5432</td></tr>",
                "<td>5432, TLS only</td></tr>\n<tr><td>Web tier</td><td>Message queue</td><td>5671</td></tr>",
            ),
            ("22, through the jump host", "22, through the jump host, recorded"),
        ),
    ),
    Edit(
        PORTAL,
        "RA-5",
        (
            (
                "critical 3 days, high 14 days, medium 60 days, low with the next release",
                "critical 48 hours, high 7 days, medium 30 days, low within 90 days",
            ),
        ),
    ),
    Edit(
        PORTAL,
        "SA-11",
        (
            (
                "",
                (
                    "<p>Every change is reviewed by a second developer and passes the automatic tests before it is merged. "
                    "The tests cover at least 85&nbsp;% of the lines, and every rule of access has its own pair of tests "
                    "(see AC-3).</p>\n<p>Twice a year an outside team tests the portal for a week. Its findings are handled "
                    "like those of RA-5, with the same deadlines.</p>"
                ),
            ),
        ),
        REQUESTER,
    ),
    Edit(
        WAREHOUSE,
        "AC-20",
        (("and adds a watermark.", "adds a watermark and deletes the extract at the recipient's side after 90 days."),),
    ),
    Edit(
        WAREHOUSE,
        "CA-3",
        (
            ("<td>March 2027</td>", "<td>March 2029</td>"),
            (
                "Agreements are reviewed six months before they end.",
                "Agreements are reviewed six months before they end, and at once when the kind of data changes.",
            ),
        ),
    ),
    Edit(
        WAREHOUSE,
        "CP-9",
        (
            (
                "One table chosen by chance is restored every week by a script;",
                "Ten tables chosen by chance are restored every week by a script;",
            ),
        ),
    ),
    Edit(
        WAREHOUSE,
        "SI-4",
        (
            (
                "reviewed with the security operations team twice a year",
                "reviewed with the security operations team every three months",
            ),
        ),
    ),
)

REMOTE: tuple[Edit, ...] = (
    # In another paragraph than the local edit: these two can be merged.
    Edit(PAYROLL, "AC-2(3)", (("is kept for seven years", "is kept for ten years"),), SOMEBODY_ELSE),
    # In the same sentences as the local edits: a person has to decide.
    Edit(
        PAYROLL,
        "AC-2",
        (
            ("are reviewed every three months", "are reviewed every six months"),
            ("within ten working days", "within five working days"),
        ),
        SOMEBODY_ELSE,
    ),
    Edit(
        PAYROLL,
        "AU-6",
        (
            (
                "The payroll control desk reviews the daily summary before ten o'clock",
                "The internal control team reviews the daily summary before noon",
            ),
        ),
        SOMEBODY_ELSE,
    ),
    Edit(
        PORTAL,
        "RA-5",
        (("critical 3 days, high 14 days", "critical 3 days (24 hours when it is being exploited), high 14 days"),),
        SOMEBODY_ELSE,
    ),
)
