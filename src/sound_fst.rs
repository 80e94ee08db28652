//! Whether an FST can be walked: `fst` takes the places in its bytes on trust, and a model file may be made to deceive.
//!
//! A node is read backwards from its last byte (`fst::raw`, version 3). What that says, and what it leads to, must lie
//! after the head and before the node, so that no walk goes out of the bytes or comes back to where it was.

use fst::raw::Fst;

/// The version of the format that is known.
const VERSION: u64 = 3;
/// Version and kind come before the first node.
const HEAD: usize = 16;
/// The number of keys, the root's place and the checksum come after the last one.
const TAIL: usize = 20;
/// The place that stands for the node with nothing in it but an end.
const EMPTY: usize = 0;
/// Nodes with more ways on than this have a table of them.
const TABLE: usize = 32;

/// Whether all nodes that the root leads to are sound.
pub fn is_sound(fst: &Fst<Vec<u8>>) -> bool {
    let bytes = fst.as_bytes();
    let version = bytes.first_chunk().map(|head| u64::from_le_bytes(*head));
    let Some(end) = bytes.len().checked_sub(TAIL).filter(|&end| end >= HEAD && version == Some(VERSION)) else {
        return false;
    };
    let Some(root) = bytes[end + 8..].first_chunk().map(|root| u64::from_le_bytes(*root)) else { return false };
    let mut known = vec![false; end];
    let mut open = vec![usize::try_from(root).unwrap_or(usize::MAX)];
    while let Some(at) = open.pop() {
        if at == EMPTY {
            continue;
        }
        let Some(known) = known.get_mut(at) else { return false };
        if std::mem::replace(known, true) {
            continue;
        }
        let Some(begin) = begin(bytes, at) else { return false };
        // Nothing of the node lies before its beginning, so that it may be read now.
        for way in places(bytes, at, begin) {
            match way {
                Some(place) => open.push(place),
                None => return false,
            }
        }
    }
    true
}

/// The number of ways on from the node that ends at a byte, how many bytes each one's place takes, and where these begin
/// to be read from, backwards; `None` if it goes too far back.
fn ways(bytes: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let head = bytes[at];
    // A letter that is not among the common ones, or a number of ways that does not fit the first byte, takes another.
    let more = usize::from(head & 0x3f == 0);
    let sizes = at.checked_sub(more + 1).filter(|&sizes| sizes >= HEAD)?;
    let width = usize::from(bytes[sizes] >> 4);
    if head & 0x80 != 0 {
        return Some((1, width, sizes));
    }
    let count = match head & 0x3f {
        0 if bytes[at - 1] == 1 => 256,
        0 => bytes[at - 1].into(),
        count => count.into(),
    };
    Some((count, width, sizes.checked_sub(count + if count > TABLE { 256 } else { 0 })?))
}

/// Whether the only way on leads to the node right before.
fn leads_next(head: u8) -> bool {
    head >> 6 == 3
}

/// Where the node that ends at a byte begins; `None` if that is before all nodes, or if it says what cannot be.
fn begin(bytes: &[u8], at: usize) -> Option<usize> {
    let head = bytes[at];
    let begin = if leads_next(head) {
        at.checked_sub(usize::from(head & 0x3f == 0))?
    } else {
        let (count, width, places) = ways(bytes, at)?;
        let sizes = at - 1 - usize::from(head & 0x3f == 0);
        let output = usize::from(bytes[sizes] & 0xf);
        let is_final = head & 0xc0 == 0x40;
        if width > 8 || output > 8 || width == 0 && count > 0 {
            return None;
        }
        places.checked_sub(count * (width + output) + if is_final { output } else { 0 })?
    };
    (begin >= HEAD).then_some(begin)
}

/// Where the ways on from a node lead that lies between two bytes; `None` for one that does not lead back.
fn places(bytes: &[u8], at: usize, begin: usize) -> impl Iterator<Item = Option<usize>> + '_ {
    let next = leads_next(bytes[at]);
    let (count, width, places) = if next { (1, 0, begin) } else { ways(bytes, at).unwrap_or_default() };
    (1..=count).map(move |way| {
        let back = match next {
            true => 1,
            false => {
                let place = &bytes[places - way * width..][..width];
                place.iter().rev().fold(0, |place, &byte| place << 8 | u64::from(byte))
            }
        };
        match usize::try_from(back).ok()? {
            0 => Some(EMPTY),
            back => begin.checked_sub(back).filter(|&place| place >= HEAD),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fst(keys: &[&str]) -> Vec<u8> {
        let mut keys: Vec<_> = keys.iter().zip(0u64..).map(|(key, at)| (key.as_bytes().to_vec(), at * 300)).collect();
        // A node with a table of its ways, and one with all there are.
        keys.extend((0..=255).map(|letter| (vec![b'z', letter], u64::from(letter))));
        keys.extend((0..40).map(|letter| (vec![b'y', letter], 1 << 40)));
        keys.sort();
        fst::Map::from_iter(keys).unwrap().as_fst().as_bytes().to_vec()
    }

    #[test]
    fn what_fst_writes_is_sound_and_what_is_sound_can_be_walked() {
        for keys in [&[][..], &[""], &["a"], &["a", "abcdefgh", "b", "bcdefgh", "xbcdefgh"]] {
            assert!(is_sound(&Fst::new(fst(keys)).unwrap()));
        }
        let empty = fst::Map::from_iter(Vec::<(&str, u64)>::new()).unwrap();
        assert!(is_sound(&Fst::new(empty.as_fst().as_bytes().to_vec()).unwrap()));

        let sound = fst(&["a", "abcdefgh", "b", "bcdefgh", "xbcdefgh"]);
        let (mut walked, mut refused) = (0, 0);
        for (at, bit) in (0..sound.len()).flat_map(|at| [at % 8, (at + 3) % 8].map(|bit| (at, bit))) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << bit;
            let Ok(fst) = Fst::new(bytes) else { continue };
            if !is_sound(&fst) {
                refused += 1;
                continue;
            }
            walked += 1;
            let mut open = vec![fst.root().addr()];
            for _ in 0..400 {
                let Some(node) = open.pop().map(|place| fst.node(place)) else { break };
                assert!(node.transitions().all(|way| way.addr < node.addr()));
                let letters = (0..=255).step_by(15);
                letters.for_each(|letter| assert!(node.find_input(letter).is_none_or(|way| way < node.len())));
                open.extend(node.transitions().map(|way| way.addr));
            }
        }
        assert!(walked > 1_000 && refused > 200, "{walked} {refused}");
    }
}
