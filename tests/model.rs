//! Model files that are damaged, and such as were made to deceive: refused with a reason, or harmless.

use phucdau::train::{Config, train};
use phucdau::{Damage, Error, Model, Restorer};
use std::sync::OnceLock;

/// The magic with the version, and the checksum.
const MAGIC: usize = 8;
const HEAD: usize = MAGIC + 4;

const PAGE: &str =
    "Dang b6 xa Phiéng Pan té chirc h0i nghi, nam 2025; phuc vy nhdn dan.\nxa\tPhi\u{ea}ng\rPằn tổ chức\n";

/// A model of a few words with all that a model has.
fn small() -> &'static [u8] {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("model");
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let text = "Đảng bộ xã Phiêng Pằn tổ chức hội nghị, hoà giải, hòa nhập.\nHội nghị xã: phục vụ nhân dân.\n";
        // What stands beside `vụ` and `vũ` leaves them open: there is something to learn for vectors.
        let open = "Lúa ở đây tốt nên vụ này vui.\nMúa ở đây tốt nên vũ này vui.\n";
        let corpus = file("corpus.txt", &(text.to_owned() + open).repeat(60));
        let names = file("names.tsv", "code\tname\n1\tPhiêng Pằn\n");
        let pairs = "gold\tocr\nĐảng bộ xã\tDang bd xa\nhội nghị\th0i nghi\nphục vụ\tphuc vy\n".repeat(20);
        let pairs = file("pairs.tsv", &pairs);
        let source = |path: &std::path::Path| path.to_str().unwrap().parse().unwrap();
        let config = Config {
            corpus: vec![source(&corpus)],
            names: vec![names],
            english: vec![source(&pairs)],
            western: vec![source(&pairs)],
            scanner: vec![source(&pairs)],
            vietnamese: vec![source(&pairs)],
            ..Config::default()
        };
        let model = train(&config, |_| {}).unwrap().model;
        let known = Model::from_bytes(&model).unwrap();
        assert!(
            known.words() > 0
                && known.ngrams().1 > 0
                && known.triggers() > 0
                && known.vectors() > 0
                && known.rules(Damage::EnglishOcr) > 0
                && known.rules(Damage::WesternOcr) > 0
                && known.rules(Damage::ScannerOcr) > 0
        );
        model
    })
}

/// With a checksum that is right for what follows it.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = crc32fast::hash(&bytes[HEAD..]);
    bytes[MAGIC..HEAD].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Everything that a restorer does with a model.
fn used(model: Model) -> String {
    let _ = model.candidates("dugc", Damage::EnglishOcr);
    let mut builder = Restorer::builder().model(model);
    let plain = builder.clone().build().unwrap().restore(PAGE).into_text();
    // A model that has no room for names says so.
    builder = builder.names(["Huổi Lếnh"]).context("Đảng bộ xã Phiêng Pằn");
    let _ = builder.build().map(|restorer| restorer.restore(PAGE));
    plain
}

#[track_caller]
fn is_refused(bytes: &[u8]) {
    match Model::from_bytes(bytes) {
        Err(error @ Error::Model(_)) => assert!(error.to_string().contains("phucdau train"), "{error}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is opened"),
    }
}

#[test]
fn a_model_with_any_bit_changed_is_refused() {
    let sound = small();
    assert!(used(Model::from_bytes(sound).unwrap()).starts_with("Đảng bộ xã Phiêng Pằn tổ chức hội nghị"));
    for bit in 0..8 * sound.len() {
        let mut bytes = sound.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        is_refused(&bytes);
    }
}

#[test]
fn a_model_that_is_cut_or_goes_on_is_refused() {
    let sound = small();
    for length in 0..sound.len() {
        is_refused(&sound[..length]);
        if length >= HEAD {
            is_refused(&sealed(sound[..length].to_vec()));
        }
    }
    for more in [&b"\0"[..], b"\n", &[0; 8], sound] {
        is_refused(&[sound, more].concat());
        is_refused(&sealed([sound, more].concat()));
    }
    for byte in 0..sound.len() {
        let mut bytes = sound.to_vec();
        bytes.insert(byte, bytes[byte]);
        is_refused(&bytes);
    }
}

/// Opens models with changed bytes and right checksums, a few of each section's bytes, and uses some of what opens.
fn deceive(step: usize) {
    let sound = small();
    let (mut opened, mut refused) = (0, 0);
    let mut meet = |bytes: Vec<u8>| match Model::from_bytes(&bytes) {
        Ok(model) => {
            opened += 1;
            // Most changes are to costs, one as lawful as the other.
            if opened % 8 == 0 {
                used(model);
            }
        }
        Err(Error::Model(_)) => refused += 1,
        Err(error) => panic!("{error}"),
    };
    for byte in (HEAD..sound.len()).step_by(step) {
        let values = [sound[byte] ^ 1 << (byte % 8), !sound[byte], 0, 0xff];
        for value in values.into_iter().cycle().skip(byte).take(values.len().div_ceil(step)) {
            let mut bytes = sound.to_vec();
            bytes[byte] = value;
            meet(sealed(bytes));
        }
    }
    // Stretches that stand in the place of others, as they do when files are mixed up.
    for at in (HEAD..sound.len() - 80).step_by(7 * step) {
        let mut bytes = sound.to_vec();
        bytes.copy_within(at..at + 16, (at * 31) % (sound.len() - 80) + HEAD);
        meet(sealed(bytes));
    }
    assert!(opened * step > 1_000 && refused * step > 1_000, "{opened} opened, {refused} refused");
}

#[test]
fn a_model_that_deceives_does_no_harm() {
    deceive(5);
}

/// `cargo test --release --features train --test model -- --ignored`
#[test]
#[ignore = "takes minutes"]
fn whatever_a_model_deceives_in_does_no_harm() {
    deceive(1);
}

/// The model with another English-mode channel.
fn with_channel(rules: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (small()[..HEAD].to_vec(), &small()[HEAD..]);
    for section in 0..9 {
        let (length, after) = rest.split_at(8);
        let (own, after) = after.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
        let own = if section == 5 { rules } else { own };
        bytes.extend((own.len() as u64).to_le_bytes());
        bytes.extend(own);
        rest = after;
    }
    sealed(bytes)
}

#[test]
fn a_channel_through_which_everything_goes_at_no_cost_comes_to_an_end() {
    let letters = || 1..=94u8;
    let pairs = || letters().flat_map(|first| letters().map(move |second| [first, second]));
    let seen_as = |seen: &'static str| {
        move |[first, second]: [u8; 2]| [&[first, second, 0, seen.len() as u8], seen.as_bytes()].concat()
    };
    let rules: Vec<u8> =
        ["", "h", "n", "gh", "ngh"].into_iter().flat_map(|seen| pairs().flat_map(seen_as(seen))).collect();
    assert!(used(Model::from_bytes(&with_channel(&rules)).unwrap()).contains('\n'));
    // One rule as often as rules may be.
    let rules = seen_as("n")([5, 9]).repeat(65_535);
    assert!(used(Model::from_bytes(&with_channel(&rules)).unwrap()).contains('\n'));
    for rules in [seen_as("n")([5, 9]).repeat(65_536), seen_as("")([95, 0]), seen_as("abcd")([5, 9])] {
        is_refused(&with_channel(&rules));
    }
    // So many different things are never seen.
    let seen = (0..40_000u32).map(|n| [n / 200, n % 200].map(|n| char::from_u32(0x4e00 + n).unwrap()));
    let rules: Vec<u8> =
        seen.flat_map(|seen| [&[5, 0, 0, 6], seen.iter().collect::<String>().as_bytes()].concat()).collect();
    is_refused(&with_channel(&rules));
}

/// What stands beside a word may leave it open; a word further off tells.
#[test]
fn words_that_stand_far_off_are_heard() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("far");
    std::fs::create_dir_all(&folder).unwrap();
    let corpus = folder.join("corpus.txt");
    let lines = ["Lúa ở đây tốt nên vụ này vui.", "Múa ở đây tốt nên vũ này vui."];
    // In no order, so that the lines around say nothing.
    let text = (0..400u32).map(|n| format!("{}\n", lines[(n.wrapping_mul(0x9e37_79b9) >> 31) as usize]));
    std::fs::write(&corpus, text.collect::<String>()).unwrap();
    let restored = |triggers: usize, vectors: usize| {
        let corpus = vec![corpus.to_str().unwrap().parse().unwrap()];
        let model = train(&Config { corpus, triggers, vectors, ..Config::default() }, |_| {}).unwrap().model;
        let restorer = Restorer::builder().model(Model::from_bytes(&model).unwrap()).damage(Damage::Stripped);
        let restorer = restorer.build().unwrap();
        ["Lua o day tot nen vu nay vui.", "Mua o day tot nen vu nay vui."]
            .map(|line| restorer.restore(line).into_text())
    };
    assert_eq!(restored(1000, 0), lines);
    assert_eq!(restored(0, 1000), lines);
    let deaf = restored(0, 0);
    assert!(deaf[0] != lines[0] || deaf[1] != lines[1], "{deaf:?}");
}

#[test]
fn what_is_wrong_is_told() {
    let sound = small();
    let with = |at: usize, byte: u8| {
        let mut bytes = sound.to_vec();
        bytes[at] = byte;
        bytes
    };
    for (bytes, reason) in [
        (b"".to_vec(), "too short"),
        (b"PK\x03\x04 a zip archive".to_vec(), "does not begin as one"),
        (with(MAGIC - 1, 6), "version 6, this library reads version 7"),
        (with(MAGIC - 1, 8), "version 8 (a newer phucdau made it)"),
        (with(sound.len() / 2, 0x55), "checksum"),
        (sealed([sound, b"x"].concat()), "after its end"),
    ] {
        let error = Model::from_bytes(&bytes).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("train one with"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_no_model() {
    assert!(matches!(Model::open("/dev/zero"), Err(Error::Model(_))));
    assert!(matches!(Model::open("/"), Err(Error::Read { .. })));
}
