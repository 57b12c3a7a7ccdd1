//! The committed header against the crate: version, error numbers, INIT macros, and what every doc comment must say.
use nodenet::abi;
use nodenet::sys::code::Code;
use std::collections::BTreeMap;

const HEADER: &str = include_str!("../include/nodenet.h");
const SYMBOLS: &str = include_str!("../include/nodenet.symbols");

/// The value of each macro, continued lines joined.
fn macros() -> BTreeMap<String, String> {
    let joined = HEADER.replace("\\\n", " ");
    let defines = joined.lines().filter_map(|line| line.strip_prefix("#define "));
    defines
        .filter_map(|line| line.split_once(' '))
        .map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect()
}

fn value(macros: &BTreeMap<String, String>, name: &str) -> String {
    macros.get(name).unwrap_or_else(|| panic!("the header has no {name}")).clone()
}

/// Each declaration of the header with the comment above it.
fn declarations() -> Vec<(&'static str, &'static str)> {
    let mut all = Vec::new();
    for part in HEADER.split("/**").skip(1) {
        let Some((comment, rest)) = part.split_once("*/\n") else { continue };
        let end = rest.find("\n\n").unwrap_or(rest.len());
        all.push((comment, &rest[..end]));
    }
    all
}

#[test]
fn the_version_is_that_of_cargo_toml() {
    let macros = macros();
    assert_eq!(value(&macros, "NET_VERSION"), format!("{:?}", env!("CARGO_PKG_VERSION")));
    assert_eq!(value(&macros, "NET_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MAJOR"));
    assert_eq!(value(&macros, "NET_VERSION_MINOR"), env!("CARGO_PKG_VERSION_MINOR"));
    assert_eq!(value(&macros, "NET_VERSION_PATCH"), env!("CARGO_PKG_VERSION_PATCH"));
    let numbers = ["MAJOR", "MINOR", "PATCH"]
        .map(|part| value(&macros, &format!("NET_VERSION_{part}")).parse::<u32>().expect("a number"));
    assert_eq!(abi::version::net_version_number(), numbers[0] * 10_000 + numbers[1] * 100 + numbers[2]);
}

#[test]
fn every_code_is_in_the_header_and_no_other() {
    let in_header: BTreeMap<String, i32> = macros()
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.strip_prefix('(')?.strip_suffix(')')?.parse().ok()?)))
        .filter(|(name, _)| name != "NET_NO_LIMIT")
        .collect();
    let in_crate: BTreeMap<String, i32> = Code::ALL
        .iter()
        .map(|code| {
            let name = if *code == Code::EUNKNOWN { "EUNKNOWN" } else { code.name() };
            (format!("NET_{name}"), code.number())
        })
        .collect();
    assert_eq!(in_header, in_crate);
}

/// Fields and values of a struct, from its Debug output, in the words of C.
fn fields(of: &dyn std::fmt::Debug) -> Vec<(String, String)> {
    let text = format!("{of:?}");
    let (_, inside) = text.split_once(" { ").expect("a struct");
    let inside = inside.strip_suffix(" }").expect("a struct");
    let mut all = Vec::new();
    for field in split_outside(inside, '{', '[') {
        let (name, value) = field.split_once(": ").expect("a field");
        let value = match value.trim() {
            "0x0" | "None" => "NULL".to_owned(),
            "18446744073709551615" | "4294967295" => "NET_CSTR".to_owned(),
            text if text.starts_with("[0, 0") => "\"\"".to_owned(),
            text if text.starts_with("net_address {") => "NET_ADDRESS_INIT".to_owned(),
            text => text.to_owned(),
        };
        all.push((name.trim().to_owned(), value));
    }
    all
}

/// Splits at commas that are outside of brackets.
fn split_outside(text: &str, open: char, square: char) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (i, letter) in text.char_indices() {
        if letter == open || letter == square || letter == '(' {
            depth += 1;
        } else if matches!(letter, '}' | ']' | ')') {
            depth -= 1;
        } else if letter == ',' && depth == 0 {
            parts.push(text[start..i].trim());
            start = i + 1;
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// The fields of a struct in the header.
fn fields_in_header(name: &str) -> Vec<String> {
    let begin = format!("typedef struct {name} {{\n");
    let (_, body) = HEADER.split_once(&begin).unwrap_or_else(|| panic!("the header has no {name}"));
    let (body, _) = body.split_once("\n}").expect("the end of a struct");
    let declared = body.lines().map(str::trim).filter(|line| line.ends_with(';') && !line.starts_with('*'));
    declared
        .map(|line| {
            let line = line.trim_end_matches(';');
            let line = line.split('[').next().unwrap_or(line);
            line.rsplit([' ', '*']).next().unwrap_or(line).to_owned()
        })
        .collect()
}

#[test]
fn every_init_macro_lists_every_field_with_its_default() {
    let macros = macros();
    let inits = abi::inits();
    let named = macros.keys().filter(|name| name.ends_with("_INIT")).count();
    assert_eq!(named, inits.len());
    for (name, init) in inits {
        let macro_name = format!("{}_INIT", name.to_uppercase());
        let text = value(&macros, &macro_name);
        let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).expect("braces");
        let given: Vec<String> = split_outside(inside, '{', '[')
            .into_iter()
            .map(|value| {
                macros
                    .get(value)
                    .filter(|_| !value.ends_with("_INIT") && value != "NET_CSTR")
                    .map_or(value.to_owned(), String::clone)
            })
            .collect();
        let fields = fields(init.as_ref());
        let names: Vec<&String> = fields.iter().map(|(name, _)| name).collect();
        assert_eq!(names, fields_in_header(name).iter().collect::<Vec<_>>(), "{name}");
        let mut expected: Vec<String> = fields.iter().map(|(_, value)| value.clone()).collect();
        expected[0] = format!("sizeof({name})");
        assert_eq!(given, expected, "{macro_name}");
    }
}

#[test]
fn every_function_says_its_thread_and_everything_its_version() {
    let mut functions = Vec::new();
    for (comment, declared) in declarations() {
        // Fields and the macros of cbindgen.toml are told by what they stand in.
        let is_top = !declared.starts_with(' ');
        if !is_top {
            continue;
        }
        assert!(comment.contains("@since 0."), "no @since: {declared}");
        let is_function = declared.contains('(') && !declared.starts_with("typedef") && !declared.starts_with('#');
        if is_function {
            let name = declared.split('(').next().unwrap_or("").rsplit([' ', '*']).next().unwrap_or("");
            functions.push(name.to_owned());
            let says = comment.contains("Thread: loop.") || comment.contains("Thread: any.");
            assert!(says, "no thread: {name}");
        }
    }
    functions.sort_unstable();
    assert_eq!(functions, SYMBOLS.lines().collect::<Vec<_>>(), "every exported function has its comment");
}

#[test]
fn nothing_is_without_the_prefix() {
    for symbol in SYMBOLS.lines() {
        assert!(symbol.starts_with("net_"), "{symbol}");
    }
    for name in macros().keys() {
        assert!(name.starts_with("NET_") || name == "NODENET_H", "{name}");
    }
}
