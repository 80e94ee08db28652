//! Model files: any bytes, taken for one, its checksum set right.

use super::{picked, random, restored};
use phucdau::tuning::Adaptation;
use phucdau::{Damage, Error, Model, Restorer};
use std::sync::LazyLock;

/// What opens is a model that restores.
pub fn model(data: &[u8]) {
    refused_or_opened(data);
    // What would be a model but for its checksum, which no mutation hits.
    let sealed = sealed(data);
    let Some(model) = refused_or_opened(&sealed) else { return };
    let checksum = &sealed[8..12];
    for damage in some(Damage::ALL, checksum) {
        model.rules(damage);
        for word in some(["dugc", "Ha", "b¢", "1a", "nghiém", "ABC"], checksum) {
            assert!(model.candidates(word, damage).iter().all(|found| found.cost.is_finite()));
        }
    }
    assert!(model.cost("Thu do Ha Noi, ngày 5 tháng 3.").0.is_finite());
    let damages = [Damage::EnglishOcr, Damage::WesternOcr, Damage::ScannerOcr, Damage::Stripped].map(Some);
    for damage in some(damages, checksum).chain([None]) {
        // Short as the texts are, the channel is attuned to them.
        let adaptation = Adaptation { unsure: 0, unsure_page: 0, ..Adaptation::default() };
        let builder = Restorer::builder().model(model.clone()).adaptation(adaptation);
        let restorer = damage.into_iter().fold(builder, |builder, damage| builder.damage(damage)).build().unwrap();
        for source in ["Dai hgi dai biéu Pang b¢ xa 1a dugc té chirc", "Thu do Ha Noi\nsố 12, sửa chừa trường học.\n"]
        {
            restored::holds(source, &restorer.restore(source));
        }
    }
}

/// All of some things; in fuzzing, of most models one.
fn some<T, const N: usize>(all: [T; N], checksum: &[u8]) -> impl Iterator<Item = T> {
    let one = random(checksum) as usize / ALL_IN as usize % N;
    let is_all = picked(checksum, ALL_IN);
    all.into_iter().enumerate().filter(move |&(at, _)| is_all || at == one).map(|(_, thing)| thing)
}

/// One model in so many is asked for all damages, words and restorers.
const ALL_IN: u32 = 11;

/// A file's sections, which are all but its first twelve bytes, with the head that makes them a model. The first section,
/// an FST, ends with a checksum of its own, which is made right, too; the last is as long as it can be, so that it may
/// grow and shrink.
pub fn sealed(sections: &[u8]) -> Vec<u8> {
    let mut sections = sections.to_vec();
    if let Some((length, rest)) = sections.split_first_chunk_mut::<8>()
        && let Some((fst, sum)) = rest.get_mut(..number(length)).and_then(|fst| fst.split_last_chunk_mut::<4>())
    {
        *sum = (castagnoli(fst).rotate_right(15).wrapping_add(0xa282_ead8)).to_le_bytes();
    }
    let mut last = Some(&mut *sections);
    for _ in 1..9 {
        let parted = last.and_then(|rest| rest.split_first_chunk_mut::<8>());
        last = parted.and_then(|(length, rest)| rest.get_mut(number(length)..));
    }
    if let Some((length, rest)) = last.and_then(|rest| rest.split_first_chunk_mut::<8>()) {
        *length = (rest.len() as u64).to_le_bytes();
    }
    [b"phucdau\x07", &crc32fast::hash(&sections).to_le_bytes()[..], &sections].concat()
}

fn number(bytes: &[u8; 8]) -> usize {
    usize::try_from(u64::from_le_bytes(*bytes)).unwrap_or(usize::MAX)
}

/// CRC-32C.
fn castagnoli(bytes: &[u8]) -> u32 {
    static OF_BYTES: LazyLock<[u32; 256]> = LazyLock::new(|| {
        let step = |sum: u32, _| (sum >> 1) ^ (0x82f6_3b78 & (sum & 1).wrapping_neg());
        std::array::from_fn(|byte| (0..8).fold(byte as u32, step))
    });
    let of_bytes = &*OF_BYTES;
    !bytes.iter().fold(!0, |sum: u32, &byte| (sum >> 8) ^ of_bytes[usize::from(sum as u8 ^ byte)])
}

fn refused_or_opened(bytes: &[u8]) -> Option<Model> {
    match Model::from_bytes(bytes) {
        Ok(model) => Some(model),
        Err(Error::Model(_)) => None,
        Err(error) => panic!("another error than is documented: {error:?}"),
    }
}
