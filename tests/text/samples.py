"""Statements written for these tests, with every kind of markup an editor makes."""

STATEMENTS = {
    "one paragraph": "<p>The system owner reviews all accounts every 90 days and removes those not needed.</p>",
    "two paragraphs": "<p>Access is granted by <strong>role</strong> only. See AC-6.</p>\n<p>The <em>owner</em> approves it.</p>",
    "nested list": (
        "<p>The organization:</p>\n<ol>\n<li>names account types:\n<ul>\n<li>individual</li>\n<li>shared</li>\n</ul>\n"
        "</li>\n<li>appoints <strong>account managers</strong>; and</li>\n<li>reviews accounts.</li>\n</ol>\n<p>Done.</p>"
    ),
    "links": (
        '<p>Follow <a href="https://a.example/policy?id=1&amp;v=2" title="Policy">the policy</a> and '
        '<a href="#ac-2_smt.a">part a</a> of 2024.</p>\n<ul>\n<li>Ask <a href="mailto:grc@a.example">the team</a>.</li>\n</ul>'
    ),
    "table": (
        "<table><tbody><tr><td>Role</td><td>Duty</td></tr>\n<tr><td>Owner</td><td>Reviews 12 logs</td></tr>\n"
        "<tr><td>Auditor</td><td>Reads<br>all logs</td></tr></tbody></table>\n<p>As of today.</p>"
    ),
    "colours": (
        '<p style="text-align: center;">Status: <span style="color: red;">open</span> since 2023.</p>\n'
        '<p>Next <span style="color: red;">review</span> is <s>May</s> June, by <code>sudo</code> for 10<sup>6</sup> users.</p>'
    ),
    "heading and quotation": (
        "<h2>Scope</h2>\n<p>Applies to all <strong><em>production</em></strong> systems.</p>\n"
        "<blockquote>\n<p>Café rules apply: don’t share keys.</p>\n</blockquote>\n<ul>\n<li>first item</li>\n<li>second item</li>\n</ul>"
    ),
}
