//! What is taken for an answer, and what is not.

use proptest::collection::vec;
use proptest::prelude::*;
use skillstat_domain::SharedChange;

use super::super::properties::redis;
use super::*;

fn text(text: &str) -> Value {
    Value::BulkString(text.as_bytes().to_vec())
}

fn list(texts: &[&str]) -> Value {
    Value::Array(texts.iter().copied().map(text).collect())
}

#[test]
fn a_renewal_is_read() {
    let known = VolumeVersion::new(5);
    let renewal = renewal(&list(&["7", "changes", "C\0E", "E"]), known).unwrap();
    assert_eq!(renewal.version.count(), 7);
    let both = BTreeSet::from([SharedChange::Everything, SharedChange::Collections]);
    assert_eq!(renewal.missed, Missed::Changes(both));
    let everything = super::renewal(&list(&["7", "everything"]), known).unwrap();
    assert_eq!(everything.missed, Missed::Everything);
}

#[test]
fn whatever_else_is_no_renewal() {
    let mut many = vec!["7", "changes"];
    many.resize(3 + LOG, "E");
    let all = [
        Value::Nil,
        Value::Int(7),
        list(&[]),
        list(&["7"]),
        list(&["7", "nothing"]),
        list(&["7", "everything", "E"]),
        list(&["7", "changes", ""]),
        list(&["5", "changes"]),
        list(&["9", "changes", "E"]),
        list(&[" 7", "changes"]),
        list(&["+7", "changes"]),
        list(&["9007199254740993", "changes"]),
        list(&many),
        Value::Array(vec![Value::Int(7), text("changes")]),
        Value::Array(vec![text("7"), Value::BulkString(vec![0xff])]),
        Value::Array(vec![text("7"), text("changes"), Value::Nil]),
    ];
    for value in all {
        for known in [None, VolumeVersion::new(6), VolumeVersion::new(7)] {
            assert!(renewal(&value, known).is_err(), "{value:?}");
        }
    }
}

#[test]
fn an_answer_is_to_its_question() {
    let answer = Value::Array(vec![text("1-2"), text("yes")]);
    assert_eq!(to("1-2", &answer), Ok(&text("yes")));
    for other in [text("1-2"), Value::Nil, list(&["1-2"]), list(&["1-3", "yes"])] {
        assert!(to("1-2", &other).is_err(), "{other:?}");
    }
}

#[test]
fn a_run_of_the_server_has_40_hex_digits() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let info = format!("# Server\r\nredis_version:7.0.15\r\nrun_id:{id}\r\ntcp_port:1\r\n");
    assert_eq!(run_id(&text(&info)).unwrap(), id);
    for info in ["", "run_id:", "run_id:x", &format!("run_id:{id}0"), "run_id:*"] {
        assert!(run_id(&text(info)).is_err(), "{info}");
    }
}

#[test]
fn a_machine_reports_of_itself_only() {
    let id = "07".repeat(16);
    let body = format!(
        r#"{{"format":1,"host":"{id}","name":"n","version":"v","watch":"live","roots":1,"projects":1,"problems":0,"modified":0,"artifacts":[],"left_out":0,"later":[]}}"#
    );
    let good = hosts(&list(&[&id, "15", &body])).unwrap();
    assert_eq!(good[0].age, Duration::from_millis(15));
    let other = "08".repeat(16);
    for bad in [
        [&other, "15", &body],
        ["x", "15", &body],
        [&id, "-1", &body],
        [&id, "1.5", &body],
        [&id, "15", "{}"],
    ] {
        assert!(hosts(&list(&bad)).is_err(), "{bad:?}");
    }
    assert!(hosts(&list(&[&id, "15"])).is_err());
}

#[test]
fn what_a_stranger_says_is_short_and_plain() {
    assert_eq!(said("a\x1b[2J\nb"), "a [2J b");
    assert_eq!(said(&"x".repeat(500)).chars().count(), 201);
}

/// A reply, or nearly one, in Redis's protocol.
fn reply_like() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        "[0-9]{1,20}",
        "changes|everything|E|C|Pa/b|P\\.\\.",
        "run_id:[0-9a-f]{39,41}",
        "[ -~]{0,8}",
        Just(format!(r#"{{"host":"{}","projects":{}}}"#, "0a".repeat(16), u64::MAX)),
    ];
    let bulk = text.prop_map(|text| format!("${}\r\n{text}\r\n", text.len()));
    let list =
        vec(bulk.clone(), 0..7).prop_map(|items| format!("*{}\r\n{}", items.len(), items.concat()));
    prop_oneof![bulk, list, Just("_\r\n".to_owned()), "[+:-][0-9]{0,9}\r\n"]
        .prop_map(String::into_bytes)
}

proptest! {
    #[test]
    fn whatever_is_said_is_taken_for_what_it_is(
        reply in prop_oneof![reply_like(), vec(any::<u8>(), 0..64)],
    ) {
        redis(&reply);
    }
}
