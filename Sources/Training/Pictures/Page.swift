/// The pieces of a page of HTML: all text in them is escaped, nothing comes from elsewhere.
enum Page {
    /// How a page is kept up to date that somebody writes again and again.
    struct Refresh {
        /// Seconds after which it loads itself again.
        var seconds = 5
        /// Until when it does, in seconds since 1970: by then it would have been written again.
        let deadline: Int
        /// What it says from then on.
        let remark: String

        /// The remark, hidden for the time being, and the page's only script.
        fileprivate var html: String {
            """
            <p class="problem" id="late" hidden>\(Markup.escaped(remark))</p>
            <noscript><p>Load this page again to see how it goes on.</p></noscript>
            <script>
            (function look(wait) {
              if (Date.now() > \(deadline)000) document.getElementById("late").hidden = false;
              else if (wait) setTimeout(look, \(seconds)000);
              else location.reload();
            })(true);
            </script>
            """
        }
    }

    /// What says who wrote a page.
    static let generator = "<meta name=\"generator\" content=\"fttrain\">"

    /// A whole page; with `refresh` it loads itself again.
    static func document(title: String, refresh: Refresh?, _ parts: [String]) -> String {
        let parts = (refresh.map { [$0.html] } ?? []) + parts
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            \(generator)
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped(title))</title>
            <style>\(style)</style>
            </head>
            <body>
            \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    /// A section with a heading.
    static func section(_ title: String, _ body: String) -> String {
        "<section>\n<h2>\(Markup.escaped(title))</h2>\n\(body)\n</section>"
    }

    /// A paragraph.
    static func paragraph(_ text: String, kind: String = "") -> String {
        "<p class=\"\(kind)\">\(Markup.escaped(text))</p>"
    }

    /// Text as it stands, to be opened.
    static func folded(_ title: String, _ text: String) -> String {
        "<details><summary>\(Markup.escaped(title))</summary>"
            + "<pre>\(Markup.escapedLines(text))</pre></details>"
    }

    /// What is known of things, a row each.
    static func facts(_ rows: [(String, String)]) -> String {
        let lines = rows.filter { !$0.1.isEmpty }.map { name, value in
            "<tr><th>\(Markup.escaped(name))</th><td>\(Markup.escaped(value))</td></tr>"
        }
        return "<table class=\"facts\">\n\(lines.joined(separator: "\n"))\n</table>"
    }

    /// What is wider than a narrow screen, to be moved sideways.
    static func wide(_ body: String) -> String { "<div class=\"wide\">\(body)</div>" }

    /// A table; the first `words` columns stand left, numbers right.
    static func table(_ heading: [String], _ rows: [[String]], words: Int = 1) -> String {
        func line(_ cells: [String], _ tag: String) -> String {
            let parts = cells.enumerated().map { index, cell in
                let kind = index < words ? "" : " class=\"number\""
                return "<\(tag)\(kind)>\(Markup.escaped(cell))</\(tag)>"
            }
            return "<tr>\(parts.joined())</tr>"
        }
        let body = rows.map { line($0, "td") }.joined(separator: "\n")
        return wide("<table>\n\(line(heading, "th"))\n\(body)\n</table>")
    }

    /// Counts of classes, targets in rows, predictions in columns, the darker the larger their share
    /// of the row.
    static func matrix(_ names: [String], _ counts: [[Int]]) -> String {
        let heading =
            ["<th>target, predicted →</th>"]
            + names.map { "<th class=\"number\">\(Markup.escaped($0))</th>" }
        let rows = zip(names, counts).map { name, row -> String in
            let total = Double(max(row.reduce(0, +), 1))
            let cells = row.map { count in
                let share = Markup.coordinate(Double(count) / total * 0.6)
                return "<td class=\"number\" style=\"background:rgba(59,125,216,\(share))\">"
                    + "\(count)</td>"
            }
            return "<tr><th>\(Markup.escaped(name))</th>\(cells.joined())</tr>"
        }
        return wide(
            "<table>\n<tr>\(heading.joined())</tr>\n\(rows.joined(separator: "\n"))\n</table>")
    }

    /// A picture with lines of text below.
    ///
    /// - Parameter source: a data URI.
    static func figure(_ source: String, _ lines: [String]) -> String {
        let text = lines.map(Markup.escaped).joined(separator: "<br>")
        return "<figure><img src=\"\(Markup.escaped(source))\" alt=\"\">"
            + "<figcaption>\(text)</figcaption></figure>"
    }

    private static let style = """

        :root{color-scheme:light dark}
        body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em}
        h1{font-size:1.5em;margin:0}h2{font-size:1.1em;margin:1.8em 0 .5em}
        p{margin:.3em 0}.remark{opacity:.75}.problem{color:#c94f4f}
        table{border-collapse:collapse}.wide{overflow-x:auto}.wide+.wide{margin-top:1.2em}
        th,td{padding:.15em .8em .15em 0;text-align:left;vertical-align:top;font-weight:normal}
        th{opacity:.7}tr+tr td,tr+tr th{border-top:1px solid rgba(128,128,128,.2)}
        .number{text-align:right;font-variant-numeric:tabular-nums;padding-left:.8em}
        .facts td,h1,p{overflow-wrap:anywhere}
        svg{max-width:100%;height:auto}.wide svg{min-width:540px}
        pre{overflow-x:auto;font-size:13px}
        .figures{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0;font-size:13px}
        img{width:112px;height:auto;image-rendering:pixelated}

        """
}
