//! Bit streams: fixed-width fields, Elias gamma and Rice codes, low bit first.

/// Bits of the number of bits of a length.
const LENGTH_BITS: u32 = 5;

/// Writes bits.
#[cfg(any(test, feature = "train"))]
#[derive(Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    filled: u32,
}

#[cfg(any(test, feature = "train"))]
impl BitWriter {
    /// The low `width` bits of `value`; at most 32.
    pub fn put(&mut self, value: u32, width: u32) {
        debug_assert!(width <= 32 && (width == 32 || value < 1 << width));
        self.pending |= u64::from(value) << self.filled;
        self.filled += width;
        while self.filled >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.filled -= 8;
        }
    }

    /// How many bits were written.
    pub fn place(&self) -> usize {
        self.bytes.len() * 8 + self.filled as usize
    }

    fn unary(&mut self, mut zeros: u32) {
        while zeros >= 24 {
            self.put(0, 24);
            zeros -= 24;
        }
        self.put(1 << zeros, zeros + 1);
    }

    /// Elias gamma code of a number from 0 on.
    pub fn gamma(&mut self, value: u32) {
        let width = (value + 1).ilog2();
        self.unary(width);
        self.put((value + 1) & !(1 << width), width);
    }

    /// Rice code with `k` low bits.
    pub fn rice(&mut self, value: u32, k: u32) {
        self.unary(value >> k);
        self.put(value & ((1 << k) - 1), k);
    }

    /// A length: how many bits it has (5 bits), and those after its first.
    pub fn length(&mut self, length: u32) {
        let width = length.checked_ilog2().map_or(0, |log| log + 1);
        self.put(width, LENGTH_BITS);
        if width > 0 {
            self.put(length & !(1 << (width - 1)), width - 1);
        }
    }

    /// The stream, padded to whole bytes.
    pub fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }

    /// The Rice parameter for numbers of this mean.
    pub fn rice_parameter(sum: u64, count: u64) -> u32 {
        (1..16).take_while(|k| (sum << 1) / count.max(1) >= 3 << (k - 1)).count() as u32
    }
}

/// Reads bits; past the end it reads zeros and [`BitReader::overrun`] tells.
pub struct BitReader<'a> {
    bytes: &'a [u8],
    /// How many bits were read.
    at: usize,
}

/// At least so many bits are to be seen at any place.
const WINDOW: u32 = 57;

impl<'a> BitReader<'a> {
    /// From the first bit of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        BitReader::at(bytes, 0)
    }

    /// From some bit of `bytes`.
    pub fn at(bytes: &'a [u8], bit: u32) -> Self {
        BitReader { bytes, at: bit as usize }
    }

    /// The bit that comes next.
    pub fn place(&self) -> usize {
        self.at
    }

    /// The next bits, [`WINDOW`] of them or more.
    #[inline(always)]
    fn window(&self) -> u64 {
        let word = match self.bytes.get(self.at / 8..).and_then(|rest| rest.first_chunk()) {
            Some(&word) => u64::from_le_bytes(word),
            None => self.last_bytes(),
        };
        word >> (self.at % 8)
    }

    /// Eight bytes where fewer are left, filled up with zeros.
    #[cold]
    fn last_bytes(&self) -> u64 {
        let rest = self.bytes.get(self.at / 8..).unwrap_or_default();
        rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
    }

    /// A field of `width` bits; at most 32.
    #[inline]
    pub fn take(&mut self, width: u32) -> u32 {
        let value = self.window() & ((1 << width) - 1);
        self.at += width as usize;
        value as u32
    }

    #[inline]
    fn unary(&mut self) -> u32 {
        let mut zeros = 0;
        loop {
            let run = self.window().trailing_zeros();
            if run < WINDOW {
                self.at += run as usize + 1;
                return zeros + run;
            }
            zeros = u32::saturating_add(zeros, WINDOW);
            self.at += WINDOW as usize;
            if self.overrun() {
                return zeros;
            }
        }
    }

    /// An Elias gamma code; numbers of 32 bits and more come back as `u32::MAX`.
    #[inline]
    pub fn gamma(&mut self) -> u32 {
        match self.unary() {
            width @ 0..=30 => ((1 << width) | self.take(width)) - 1,
            _ => u32::MAX,
        }
    }

    /// A Rice code with `k` low bits, at most 15, and then a field of `width` bits, at most 16: one entry of a list.
    #[inline(always)]
    pub fn rice_and(&mut self, k: u32, width: u32) -> (u32, u32) {
        let window = self.window();
        let high = window.trailing_zeros();
        if high + 1 + k + width <= WINDOW {
            let rest = window >> high >> 1;
            self.at += (high + 1 + k + width) as usize;
            let low = rest as u32 & ((1 << k) - 1);
            return (high << k | low, (rest >> k) as u32 & ((1 << width) - 1));
        }
        let high = self.unary();
        let value = u64::from(high) << k | u64::from(self.take(k));
        (value.min(u64::from(u32::MAX)) as u32, self.take(width))
    }

    /// A length.
    #[inline]
    pub fn length(&mut self) -> u64 {
        match self.take(LENGTH_BITS) {
            0 => 0,
            width => 1 << (width - 1) | u64::from(self.take(width - 1)),
        }
    }

    /// Whether more was read than there is.
    pub fn overrun(&self) -> bool {
        self.at > self.bytes.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        let numbers: Vec<u32> = (0..40).chain([63, 64, 1000, 65_535, 1_000_000]).collect();
        let mut w = BitWriter::default();
        for &n in &numbers {
            w.gamma(n);
            w.rice(n % 5000, 5);
            w.put(n & 63, 6);
        }
        let bytes = w.finish();
        let mut r = BitReader::new(&bytes);
        for &n in &numbers {
            assert_eq!((r.gamma(), r.rice_and(5, 6)), (n, (n % 5000, n & 63)));
        }
        assert!(!r.overrun());
        for _ in 0..8 {
            r.take(32);
        }
        assert!(r.overrun());
    }
}
