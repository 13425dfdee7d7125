//! A real document for the demonstration: one page of PDF 1.4, written by hand because a page of
//! plain text needs no library.

/// A page with `lines` of text, the first one large.
pub fn page(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 18 Tf 72 760 Td 20 TL\n");
    for (number, line) in lines.iter().enumerate() {
        if number == 1 {
            text.push_str("/F1 11 Tf 16 TL T*\n");
        }
        text.push_str(&format!("({}) Tj T*\n", escaped(line)));
    }
    text.push_str("ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}endstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    assemble(&objects)
}

/// Header, objects, cross-reference table and trailer (ISO 32000-1 §7.5).
fn assemble(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        file.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let size = objects.len() + 1;
    file.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
    file.into_bytes()
}

/// ISO 32000-1 §7.3.4.2: brackets and backslashes are escaped; other than ASCII is left out.
fn escaped(line: &str) -> String {
    let mut text = String::new();
    for character in line.chars().filter(char::is_ascii) {
        if matches!(character, '(' | ')' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_page_has_the_parts_that_a_pdf_reader_looks_for() {
        let text = String::from_utf8(super::page(&["Notice", "of (termination)"])).unwrap();
        assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"));
        assert!(text.contains(r"(of \(termination\)) Tj"));
        let table: usize =
            text.split("startxref\n").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        assert!(text[table..].starts_with("xref"));
    }
}
