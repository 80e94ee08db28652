//! How hard a text's words are searched for.
//!
//! A word that is hardly one, random letters say, takes the candidate search all the steps it has, and comes to nothing.
//! Of real damage fewer than one word in thirty is such; in text that is full of them each is given a part of the steps, so
//! that no text takes much longer than others.

/// The words of a text so far. What it says hangs on the text alone, and not on what is remembered of others.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effort {
    /// Words in all.
    words: u32,
    /// Such as took the search all its steps.
    vain: u32,
}

/// So many words are searched in vain before it counts how many they are among all.
const PATIENCE: u32 = 100;

/// The most of a text's words, as one in so many, that are searched in vain without haste.
const MOST: u32 = 10;

impl Effort {
    /// Counts a word.
    pub fn add(&mut self, in_vain: bool) {
        self.words += 1;
        self.vain += u32::from(in_vain);
    }

    /// Whether the next word is given few steps.
    pub fn is_hasty(self) -> bool {
        self.vain > PATIENCE && self.vain > self.words / MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn haste_comes_with_many_words_in_vain() {
        for (every, words, hasty) in [(1, 100, false), (1, 101, true), (5, 600, true), (11, 100_000, false)] {
            let mut effort = Effort::default();
            (0..words).for_each(|word| effort.add(word % every == 0));
            assert_eq!(effort.is_hasty(), hasty, "one in {every} of {words}");
        }
    }
}
