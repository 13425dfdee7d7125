//! The timeline as a picture: SVG text, so that it stays sharp and can be searched.

/// Width of one character of the monospaced face at the size used, in SVG units.
const CHARACTER_WIDTH: usize = 8;
/// Height of one line, in SVG units.
const LINE_HEIGHT: usize = 19;
/// Space around the text, in SVG units.
const MARGIN: usize = 20;

/// Draws lines of text as a terminal shows them. Lines that begin with `## ` are headings.
pub fn draw(lines: &[String]) -> String {
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let (width, height) =
        (columns * CHARACTER_WIDTH + 2 * MARGIN, lines.len() * LINE_HEIGHT + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"Timeline of a registered letter\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#10151c\"/>\n\
         <g font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"13\" \
         fill=\"#d7dee8\" xml:space=\"preserve\">\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + (number + 1) * LINE_HEIGHT - 5;
        let (text, colour) = match line.strip_prefix("## ") {
            Some(heading) => (heading, "#7cc4ff"),
            None if line.contains("TOTAL-PASSED") => (line.as_str(), "#8fe3a0"),
            None => (line.as_str(), "#d7dee8"),
        };
        svg.push_str(&format!(
            "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"{colour}\">{}</text>\n",
            escaped(text)
        ));
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
