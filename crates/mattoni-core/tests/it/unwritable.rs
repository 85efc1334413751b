//! Texts that no person writes.

use mattoni_core::record::check_texts;
use mattoni_core::text::{self, Lines, check};
use mattoni_core::value::{Kind, Value};
use proptest::prelude::*;
use serde_json::json;

const FORBIDDEN: [&str; 12] = [
    "\u{0}", "\u{1B}", "\u{7}", "\u{8}", "\u{C}", "\u{7F}", "\u{9B}", "\u{202A}", "\u{202E}",
    "\u{2066}", "\u{2069}", "\u{85}",
];

#[test]
fn what_controls_a_machine_or_turns_the_direction_is_refused_wherever_it_stands() {
    let kind = Kind::Text { max_chars: 80 };
    for odd in FORBIDDEN {
        for text in [format!("{odd}Rossi"), format!("Ro{odd}ssi"), format!("Rossi{odd}")] {
            for lines in [Lines::One, Lines::Many] {
                assert_eq!(check(&text, lines).unwrap_err().code, "core.text.unwritable");
            }
            assert_eq!(kind.parse(&text).unwrap_err().code, "core.text.unwritable", "{text:?}");
            let json = kind.from_json(&json!(text)).unwrap_err();
            assert_eq!(json.code, "core.text.unwritable", "{text:?}");
            let value = Value::Text(text.clone());
            assert_eq!(kind.check(&value).unwrap_err().code, "core.text.unwritable");
            let problems = check_texts(&json!({ "a": [{ "b": text }] })).unwrap_err();
            assert_eq!(problems.iter().next().unwrap().field, "a.1.b");
        }
    }
}

#[test]
fn lines_are_for_texts_that_have_several() {
    for text in ["una\tdue", "una\ndue", "una\r\ndue", "una\u{2028}due"] {
        assert!(check(text, Lines::One).is_err(), "{text:?}");
        assert!(check(text, Lines::Many).is_ok(), "{text:?}");
    }
    assert_eq!(Kind::Text { max_chars: 9 }.parse(" una\n").unwrap(), Value::Text("una".into()));
}

#[test]
fn what_shows_nothing_is_refused_alone_and_taken_beside_something() {
    for hidden in ["\u{200B}", "\u{FEFF}", "\u{200D}\u{200C}", "\u{AD}", "\u{2060} "] {
        assert!(check(hidden, Lines::One).is_err(), "{hidden:?}");
        assert!(check_texts(&json!({ "a": hidden })).is_err(), "{hidden:?}");
        assert!(check(&format!("a{hidden}b"), Lines::One).is_ok(), "{hidden:?}");
    }
    // A family of three is one sign, joined by what shows nothing.
    assert!(check("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", Lines::One).is_ok());
    assert!(check("", Lines::One).is_ok() && check("  ", Lines::One).is_ok());
}

proptest! {
    #[test]
    fn the_quick_look_at_json_misses_nothing(text in ".{0,40}", odd in 0..FORBIDDEN.len()) {
        let known = |text: &str| check(text, Lines::Many).is_ok();
        prop_assert_eq!(check_texts(&json!({ "a": text })).is_ok(), known(&text));
        let odd = format!("{text}{}", FORBIDDEN[odd]);
        prop_assert!(check_texts(&json!([odd])).is_err());
    }

    #[test]
    fn normal_form_changes_no_answer(text in ".{0,40}") {
        let normal = text::normal(&text);
        for lines in [Lines::One, Lines::Many] {
            prop_assert_eq!(check(&text, lines).is_ok(), check(&normal, lines).is_ok());
        }
    }
}
