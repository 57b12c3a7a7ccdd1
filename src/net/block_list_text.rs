//! Rules of a block list as text: CIDR, the texts of `rules`, and these as JSON.
use super::block_list::{BlockList, Range, Subnet, address};
use crate::sys::code::{Code, Result};
use std::fmt::Write;

/// `ADDRESS/PREFIX`, its two parts.
pub fn cidr(text: &str) -> Result<(&str, i64)> {
    let (address, prefix) = text.rsplit_once('/').ok_or(Code::ERR_INVALID_ARG_VALUE)?;
    let digits = prefix.strip_prefix('-').unwrap_or(prefix);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty();
    let canonical = digits == "0" && digits == prefix || !digits.starts_with('0');
    // Nor one that JavaScript's numbers cannot say.
    let exact = || prefix.parse::<f64>().is_ok_and(|number| number.abs() < 1e21 && number.to_string() == prefix);
    if !plain || !canonical || !exact() {
        return Err(Code::ERR_INVALID_ARG_VALUE);
    }
    // One that does not even fit is out of range like every other.
    Ok((address, prefix.parse().unwrap_or(i64::MAX)))
}

/// The subnet of a CIDR text.
pub fn subnet(text: &str) -> Result<Subnet> {
    let (network, prefix) = cidr(text)?;
    let family = if network.contains(':') { 6 } else { 4 };
    Subnet::new(address(network, family)?, prefix)
}

/// What a text says if it is a rule.
#[derive(PartialEq, Debug)]
enum Said<'a> {
    Subnet(&'a str, i64),
    Address(&'a str),
    Range(&'a str, &'a str),
}

/// Takes `len` bytes off the front, all of which are ASCII.
fn take<'a>(rest: &mut &'a str, len: usize) -> &'a str {
    let (taken, left) = rest.split_at(len);
    *rest = left;
    taken
}

fn run(text: &str, most: usize, is: impl Fn(u8) -> bool) -> usize {
    text.bytes().take(most).take_while(|byte| is(*byte)).count()
}

/// Four numbers of at most three digits. The last one ends after three, whatever follows.
fn take_v4<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let mut len = 0;
    for part in 0..4 {
        if part > 0 {
            len += usize::from(rest[len..].starts_with('.'));
        }
        match run(&rest[len..], 3, |byte| byte.is_ascii_digit()) {
            0 => return None,
            digits => len += digits,
        }
        if part < 3 && !rest[len..].starts_with('.') {
            return None;
        }
    }
    Some(take(rest, len))
}

/// What an IPv6 address is written with, at most 45 of it.
fn take_v6<'a>(rest: &mut &'a str) -> Option<&'a str> {
    match run(rest, 45, |byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.') {
        0 => None,
        len => Some(take(rest, len)),
    }
}

fn take_prefix(rest: &mut &str, digits: usize) -> Option<i64> {
    let len = run(rest, digits, |byte| byte.is_ascii_digit());
    take(rest, len).parse().ok()
}

fn take_sign(rest: &mut &str, sign: char) -> Option<()> {
    *rest = rest.strip_prefix(sign)?;
    Some(())
}

/// The places behind a word, from left to right.
fn behind<'a>(text: &'a str, word: &str, any_case: bool) -> Vec<&'a str> {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    let same = |part: &[u8]| if any_case { part.eq_ignore_ascii_case(word) } else { part == word };
    let ends = bytes.windows(word.len()).enumerate().filter(|(_, part)| same(part)).map(|(at, _)| at + word.len());
    ends.map(|end| &text[end..]).collect()
}

fn find<'a, T>(text: &'a str, word: &str, any_case: bool, parse: impl Fn(&mut &'a str) -> Option<T>) -> Option<T> {
    behind(text, word, any_case).into_iter().find_map(|mut rest| parse(&mut rest))
}

/// An address of one family, taken off the front.
type Take = for<'a> fn(&mut &'a str) -> Option<&'a str>;

/// A rule may stand anywhere in a text, and anything around it, as Node's patterns allow.
fn said_of_family<'a>(text: &'a str, name: &str, digits: usize, any_case: bool, take: Take) -> Option<Said<'a>> {
    let subnet = find(text, &format!("Subnet: {name} "), any_case, |rest| {
        let network = take(rest)?;
        take_sign(rest, '/')?;
        Some(Said::Subnet(network, take_prefix(rest, digits)?))
    });
    let address = || find(text, &format!("Address: {name} "), any_case, |rest| take(rest).map(Said::Address));
    let range = || {
        find(text, &format!("Range: {name} "), any_case, |rest| {
            let start = take(rest)?;
            take_sign(rest, '-')?;
            Some(Said::Range(start, take(rest)?))
        })
    };
    subnet.or_else(address).or_else(range)
}

fn said(text: &str) -> Option<(Said<'_>, u8)> {
    let v4 = text.contains("IPv4").then(|| said_of_family(text, "IPv4", 2, false, take_v4)).flatten();
    let v6 = || text.contains("IPv6").then(|| said_of_family(text, "IPv6", 3, true, take_v6)).flatten();
    v4.map(|said| (said, 4)).or_else(|| v6().map(|said| (said, 6)))
}

/// A JSON text that is a list of strings; nothing else is understood.
struct Json<'a>(std::iter::Peekable<std::str::Chars<'a>>);

impl Json<'_> {
    fn skip_blanks(&mut self) {
        while self.0.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
    }

    /// Whether this sign comes next, which is then taken.
    fn sign(&mut self, sign: char) -> bool {
        self.skip_blanks();
        self.0.next_if_eq(&sign).is_some()
    }

    fn unit(&mut self) -> Option<u16> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.0.next()?.to_digit(16)? as u16))
    }

    /// Behind `\u`: one unit, or two that make one character. Half a pair is kept as what stands for the unknown.
    fn escaped_units(&mut self) -> Option<String> {
        let first = self.unit()?;
        let mut units = vec![first];
        let mut ahead = self.0.clone();
        if (0xd800..0xdc00).contains(&first) && ahead.next() == Some('\\') && ahead.next() == Some('u') {
            let mut rest = Json(ahead);
            let second = rest.unit()?;
            if (0xdc00..0xe000).contains(&second) {
                units.push(second);
                *self = Json(rest.0);
            }
        }
        Some(String::from_utf16_lossy(&units))
    }

    fn string(&mut self) -> Option<String> {
        if !self.sign('"') {
            return None;
        }
        let mut text = String::new();
        loop {
            match self.0.next()? {
                '"' => return Some(text),
                '\\' => match self.0.next()? {
                    plain @ ('"' | '\\' | '/') => text.push(plain),
                    'b' => text.push('\u{8}'),
                    'f' => text.push('\u{c}'),
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'u' => text.push_str(&self.escaped_units()?),
                    _ => return None,
                },
                '\0'..='\u{1f}' => return None,
                plain => text.push(plain),
            }
        }
    }

    fn strings(mut self) -> Option<Vec<String>> {
        let mut all = Vec::new();
        if !self.sign('[') {
            return None;
        }
        if !self.sign(']') {
            loop {
                all.push(self.string()?);
                if self.sign(']') {
                    break;
                }
                if !self.sign(',') {
                    return None;
                }
            }
        }
        self.skip_blanks();
        self.0.next().is_none().then_some(all)
    }
}

/// Rules from and to text.
#[allow(missing_docs)]
impl BlockList {
    /// A text that is no rule is passed over; one that looks like a rule but is wrong is refused, and what came before it
    /// stays added.
    pub fn add_rule(&self, text: &str) -> Result {
        let Some((said, family)) = said(text) else { return Ok(()) };
        match said {
            Said::Subnet(network, prefix) => self.add_subnet(Subnet::new(address(network, family)?, prefix)?),
            Said::Address(text) => self.add_address(address(text, family)?),
            Said::Range(start, end) => self.add_range(Range::new(address(start, family)?, address(end, family)?)?),
        }
    }

    pub fn from_json(&self, text: &str) -> Result {
        let rules = Json(text.chars().peekable()).strings().ok_or(Code::EINVAL)?;
        rules.iter().try_for_each(|rule| self.add_rule(rule))
    }

    pub fn to_json(&self) -> Result<String> {
        let mut json = String::from("[");
        for (at, rule) in self.texts()?.iter().enumerate() {
            // Nothing in a rule needs to be escaped.
            let _ = write!(json, "{}\"{rule}\"", if at == 0 { "" } else { "," });
        }
        json.push(']');
        Ok(json)
    }

    /// The texts of all rules, each on its line.
    pub fn lines(&self) -> Result<String> {
        Ok(self.texts()?.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cidr_text_has_a_plain_prefix() {
        assert_eq!(cidr("10.0.0.0/8"), Ok(("10.0.0.0", 8)));
        assert_eq!(cidr("1/2/-3"), Ok(("1/2", -3)));
        assert_eq!(cidr("::/100000000000000000000"), Ok(("::", i64::MAX)));
        for text in [
            "",
            "1.2.3.4",
            "1.2.3.4/",
            "1.2.3.4/08",
            "1.2.3.4/ 8",
            "1.2.3.4/1e1",
            "1.2.3.4/-0",
            "::/+1",
            "/x",
            "::/99999999999999999999",
        ] {
            assert_eq!(cidr(text), Err(Code::ERR_INVALID_ARG_VALUE), "{text}");
        }
        assert_eq!(subnet("1.2.3.4/33"), Err(Code::ERR_OUT_OF_RANGE));
        assert_eq!(subnet("1.2.3/8"), Err(Code::ERR_INVALID_ADDRESS));
    }

    fn rules_of(text: &str) -> std::result::Result<Vec<String>, Code> {
        let list = BlockList::default();
        list.from_json(text)?;
        list.texts()
    }

    #[test]
    fn a_rule_may_stand_anywhere() {
        let read = [
            (r#"["Address: IPv4 1.2.3.4"]"#, "Address: IPv4 1.2.3.4"),
            (r#"["x Address: IPv4 5.5.5.5y Subnet: IPv4 6.6.6.6/8"]"#, "Subnet: IPv4 6.6.6.6/8"),
            (r#"["address: ipv6 ::5 IPv6"]"#, "Address: IPv6 ::5"),
            (r#"["IPv6 Address: IPv4 9.9.9.9"]"#, "Address: IPv4 9.9.9.9"),
            (r#"["Address: IPv6 fe80::1%lo"]"#, "Address: IPv6 fe80::1"),
            (r#"["Subnet: IPv4 9.9.9.9/100"]"#, "Subnet: IPv4 9.9.9.9/10"),
            (r#"["Range: IPv4 1.1.1.1-1.1.1.9x"]"#, "Range: IPv4 1.1.1.1-1.1.1.9"),
            (r#"["Range: IPv6 ::1-::9"]"#, "Range: IPv6 ::1-::9"),
            (r#" [ "Address: IPv4 2.2.2.\u0032" ] "#, "Address: IPv4 2.2.2.2"),
            (r#"["Subnet: IPv4 9.9.9.9/ Address: IPv4 3.3.3.4 IPv6"]"#, "Address: IPv4 3.3.3.4"),
        ];
        for (text, rule) in read {
            assert_eq!(rules_of(text), Ok(vec![rule.to_owned()]), "{text}");
        }
        for text in ["[]", r#"["x","\ud800\"\\\/\b\f\n\r\t\ud83d\ude00"]"#, r#"["Range: IPv4 1.1.1.1-::ffff:1.1.1.9"]"#]
        {
            assert_eq!(rules_of(text), Ok(vec![]), "{text}");
        }
    }

    #[test]
    fn what_looks_like_a_rule_and_is_wrong_is_refused() {
        let refused = [
            (r#"["Address: IPv4 1.2.3.999"]"#, Code::ERR_INVALID_ADDRESS),
            (r#"["Address: IPv4 1.2.3.4567"]"#, Code::ERR_INVALID_ADDRESS),
            (r#"["Range: IPv4 1.1.1.9-1.1.1.1"]"#, Code::ERR_INVALID_ARG_VALUE),
            (r#"["Subnet: IPv4 1.1.1.1/99"]"#, Code::ERR_OUT_OF_RANGE),
            (r#"["Subnet: IPv6 ::1/999"]"#, Code::ERR_OUT_OF_RANGE),
            (r#"["Range: IPv6 ::ffff:1.1.1.1-1.1.1.9"]"#, Code::ERR_INVALID_ADDRESS),
        ];
        for (text, code) in refused {
            assert_eq!(rules_of(text), Err(code), "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_strings_is_refused() {
        for text in [
            "",
            "x",
            "{}",
            "null",
            "\"x\"",
            "[1]",
            "[\"x\",]",
            "[\"x\"",
            "[\"x]",
            "[\"\\x\"]",
            "[]x",
            "[\"\n\"]",
            "[\"\\u12\"]",
            "[,]",
            "[\"x\" \"y\"]",
            "[\"\\",
        ] {
            assert_eq!(rules_of(text), Err(Code::EINVAL), "{text}");
        }
    }

    #[test]
    fn json_goes_out_as_it_came_in() {
        let list = BlockList::default();
        assert_eq!(list.to_json().unwrap(), "[]");
        let json = r#"["Address: IPv6 ::5","Subnet: IPv4 6.6.6.6/8","Range: IPv6 ::1-::9"]"#;
        list.from_json(json).unwrap();
        assert_eq!(list.to_json().unwrap(), json);
        assert_eq!(list.lines().unwrap(), "Address: IPv6 ::5\nSubnet: IPv4 6.6.6.6/8\nRange: IPv6 ::1-::9");
    }
}
