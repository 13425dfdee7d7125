//! Tells code, comments and literals of a Rust source apart, line by line.
//!
//! Not a parser: enough of one for rules about words, comments and braces in formatted code.

/// One line, split. Literals keep their quotes and length in `code`; their text becomes spaces.
#[derive(Debug, Default, Clone)]
pub struct Line {
    pub code: String,
    pub comment: String,
    /// Inside an item that only tests compile.
    pub test: bool,
}

enum State {
    Code,
    LineComment,
    BlockComment { depth: usize },
    Text { raw_hashes: Option<usize> },
}

pub fn lines(text: &str) -> Vec<Line> {
    let chars: Vec<char> = text.chars().collect();
    let mut lines = vec![Line::default()];
    let mut state = State::Code;
    let mut at = 0;
    while at < chars.len() {
        if chars[at] == '\n' {
            if matches!(state, State::LineComment) {
                state = State::Code;
            }
            lines.push(Line::default());
            at += 1;
            continue;
        }
        let line = lines.last_mut().expect("starts with one line");
        let (next, taken) = match state {
            State::Code => in_code(&chars[at..], line),
            State::LineComment => {
                line.comment.push(chars[at]);
                (State::LineComment, 1)
            }
            State::BlockComment { depth } => in_block_comment(&chars[at..], depth, line),
            State::Text { raw_hashes } => in_text(&chars[at..], raw_hashes, line),
        };
        state = next;
        at += taken;
    }
    mark_tests(&mut lines);
    lines
}

fn in_code(rest: &[char], line: &mut Line) -> (State, usize) {
    let after_word =
        line.code.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_');
    match rest {
        ['/', '/', ..] => (State::LineComment, 2),
        ['/', '*', ..] => (State::BlockComment { depth: 1 }, 2),
        ['"', ..] => {
            line.code.push('"');
            (State::Text { raw_hashes: None }, 1)
        }
        ['r', ..] | ['b', 'r', ..] if !after_word => match raw_opening(rest) {
            Some((hashes, taken)) => {
                line.code.push('"');
                (State::Text { raw_hashes: Some(hashes) }, taken)
            }
            None => {
                line.code.push(rest[0]);
                (State::Code, 1)
            }
        },
        ['\'', ..] => {
            let taken = char_literal(rest).unwrap_or(1);
            line.code.push('\'');
            (State::Code, taken)
        }
        _ => {
            line.code.push(rest[0]);
            (State::Code, 1)
        }
    }
}

/// `r"`, `r#"`, `br##"`: how many hashes, and how many characters the opening takes.
fn raw_opening(rest: &[char]) -> Option<(usize, usize)> {
    let prefix = if rest[0] == 'b' { 2 } else { 1 };
    let hashes = rest[prefix..].iter().take_while(|&&next| next == '#').count();
    (rest.get(prefix + hashes) == Some(&'"')).then_some((hashes, prefix + hashes + 1))
}

/// The length of a character literal; `None` for a lifetime.
fn char_literal(rest: &[char]) -> Option<usize> {
    if rest.get(1) == Some(&'\\') {
        // The character after the backslash may itself be a quote.
        let close = rest.iter().skip(3).take(10).position(|&next| next == '\'')?;
        return Some(close + 4);
    }
    (rest.get(2) == Some(&'\'')).then_some(3)
}

fn in_block_comment(rest: &[char], depth: usize, line: &mut Line) -> (State, usize) {
    match rest {
        ['*', '/', ..] if depth == 1 => (State::Code, 2),
        ['*', '/', ..] => (State::BlockComment { depth: depth - 1 }, 2),
        ['/', '*', ..] => (State::BlockComment { depth: depth + 1 }, 2),
        _ => {
            line.comment.push(rest[0]);
            (State::BlockComment { depth }, 1)
        }
    }
}

fn in_text(rest: &[char], raw_hashes: Option<usize>, line: &mut Line) -> (State, usize) {
    match (raw_hashes, rest) {
        (None, ['\\', '\n', ..]) => (State::Text { raw_hashes }, 1),
        (None, ['\\', _, ..]) => {
            line.code.push_str("  ");
            (State::Text { raw_hashes }, 2)
        }
        (None, ['"', ..]) => {
            line.code.push('"');
            (State::Code, 1)
        }
        (Some(hashes), ['"', tail @ ..])
            if tail.len() >= hashes && tail[..hashes].iter().all(|&next| next == '#') =>
        {
            line.code.push('"');
            (State::Code, hashes + 1)
        }
        _ => {
            line.code.push(' ');
            (State::Text { raw_hashes }, 1)
        }
    }
}

/// Marks items under `#[cfg(test)]` and `#[test]`, from the attribute to the end of the item.
fn mark_tests(lines: &mut [Line]) {
    let mut at = 0;
    while at < lines.len() {
        if is_test_attribute(&lines[at].code) {
            let end = item_end(lines, at);
            lines[at..=end].iter_mut().for_each(|line| line.test = true);
            at = end;
        }
        at += 1;
    }
}

fn is_test_attribute(code: &str) -> bool {
    let code = code.trim_start();
    let gated = code.starts_with("#[cfg(") && code.contains("test") && !code.contains("not(test");
    gated || code.starts_with("#[test]") || code.starts_with("#[tokio::test")
}

/// The line on which the item that starts at `start` ends: its last brace, or its semicolon.
pub fn item_end(lines: &[Line], start: usize) -> usize {
    let mut depth = 0_usize;
    for (number, line) in lines.iter().enumerate().skip(start) {
        for letter in line.code.chars() {
            match letter {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return number;
                    }
                }
                ';' if depth == 0 => return number,
                _ => {}
            }
        }
    }
    lines.len() - 1
}

/// The words of a piece of code, with `_` as a letter.
pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
}

#[test]
fn literals_comments_and_lifetimes_are_told_apart() {
    let text =
        "let a = \"// no\"; // yes\nlet b = r#\"\"x\"#; /* c\n d */ let q = '\"'; fn f<'a>() {}\n";
    let lines = lines(text);
    assert_eq!(lines[0].code, "let a = \"     \"; ");
    assert_eq!(lines[0].comment, " yes");
    assert_eq!(lines[1].code, "let b = \"  \"; ");
    assert_eq!(lines[2].comment, " d ");
    assert_eq!(lines[2].code, " let q = '; fn f<'a>() {}");
}

#[test]
fn test_items_are_marked_to_their_closing_brace() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\nfn c() {}\n";
    let marks: Vec<bool> = lines(text).iter().map(|line| line.test).collect();
    assert_eq!(marks, [false, true, true, true, true, true, false, false]);
}
