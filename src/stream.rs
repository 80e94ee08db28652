//! Texts of any length, from a reader to a writer, in bounded memory.

use crate::error::Error;
use crate::restoration::Restoration;
use crate::restorer::Restorer;
use std::io::{BufRead, Write};
use std::ops::ControlFlow;

/// How many bytes [`Restorer::restore_reader`] restores as one document.
pub const WINDOW: usize = 4 << 20;

/// How far a stream has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the source that are restored.
    pub read: u64,
    /// Bytes that are written.
    pub written: u64,
    /// Words that were looked at.
    pub words: u64,
    /// Changes that were made.
    pub edits: u64,
}

impl Restorer {
    /// Restores what a reader gives, whatever its length, and writes it. A text of up to [`WINDOW`] bytes (4 MiB) comes
    /// out as from [`restore`](Restorer::restore); a longer one is cut into such windows, at an empty line, a line's end
    /// or a space, and each window teaches those after it.
    ///
    /// ```
    /// let mut restored = Vec::new();
    /// let done = phucdau::Restorer::new().restore_reader("Thu do Ha Noi".as_bytes(), &mut restored)?;
    /// assert_eq!(String::from_utf8(restored).unwrap(), "Thủ đô Hà Nội");
    /// assert_eq!((done.read, done.edits), (13, 4));
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Stream`] if reading or writing fails, [`Error::NotUtf8`] if the source is no UTF-8; what lies before that
    /// may have been written.
    pub fn restore_reader(&self, reader: impl BufRead, writer: impl Write) -> Result<Progress, Error> {
        self.restore_windows(reader, writer, WINDOW, |_, _| ControlFlow::Continue(()))
    }

    /// The same with a window of so many bytes, at least one, and a function that is told of each window after it was
    /// written: how far it has come, all in all, and the window's restoration, whose spans count from where the window
    /// begins. It may end the work by [`ControlFlow::Break`].
    ///
    /// ```
    /// use phucdau::Restorer;
    /// use std::ops::ControlFlow;
    ///
    /// let source = "Thu do Ha Noi\n\nThanh pho Ho Chi Minh\n";
    /// let mut restored = Vec::new();
    /// let done = Restorer::new().restore_windows(source.as_bytes(), &mut restored, 24, |progress, window| {
    ///     println!("{} bytes, of late {} changes", progress.read, window.edits().len());
    ///     ControlFlow::Break(())
    /// })?;
    /// assert_eq!(String::from_utf8(restored).unwrap(), "Thủ đô Hà Nội\n\n");
    /// assert_eq!(done.read, 15);
    /// # Ok::<(), phucdau::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`restore_reader`](Restorer::restore_reader).
    pub fn restore_windows(
        &self,
        mut reader: impl BufRead,
        mut writer: impl Write,
        window: usize,
        mut each: impl FnMut(&Progress, &Restoration) -> ControlFlow<()>,
    ) -> Result<Progress, Error> {
        let mut progress = Progress::default();
        let mut teachings = self.hints().clone();
        let mut held = Vec::new();
        loop {
            let ended = fill(&mut reader, &mut held, window)?;
            let text = valid(&held, ended).map_err(|at| Error::NotUtf8 { at: progress.read + at as u64 })?;
            let window = if ended { text } else { &text[..cut(text)] };
            if window.is_empty() && (ended || text.is_empty()) {
                break;
            }
            let restored = self.restore_after(window, &mut teachings);
            writer.write_all(restored.text().as_bytes()).map_err(Error::Stream)?;
            progress.read += window.len() as u64;
            progress.written += restored.text().len() as u64;
            progress.words += restored.words() as u64;
            progress.edits += restored.edits().len() as u64;
            let done = window.len();
            if each(&progress, &restored).is_break() {
                break;
            }
            held.drain(..done);
        }
        writer.flush().map_err(Error::Stream)?;
        Ok(progress)
    }
}

/// Reads on until more than a window is held; whether the source has ended.
fn fill(reader: &mut impl BufRead, held: &mut Vec<u8>, window: usize) -> Result<bool, Error> {
    // A character may lie across the window's end.
    while held.len() <= window.max(4) {
        let more = match reader.fill_buf() {
            Ok(more) => more,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Error::Stream(e)),
        };
        if more.is_empty() {
            return Ok(true);
        }
        let taken = more.len().min(window.max(4) + 1 - held.len());
        held.extend_from_slice(&more[..taken]);
        reader.consume(taken);
    }
    Ok(false)
}

/// The text that bytes hold; where it has not ended, a character at its end may be incomplete. Else where it is wrong.
fn valid(bytes: &[u8], ended: bool) -> Result<&str, usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if !ended && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).map_err(|e| e.valid_up_to())
        }
        Err(error) => Err(error.valid_up_to()),
    }
}

/// Where to cut a text that goes on: after its last empty line, line or space, in its second half; or before its last
/// character, as `\r` and its `\n`, a letter and its mark, should not be parted.
fn cut(text: &str) -> usize {
    let least = text.len() / 2;
    let after = |mark: &str| text.rfind(mark).map(|at| at + mark.len()).filter(|&at| at > least && at < text.len());
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    after("\n\n").or_else(|| after("\n")).or_else(|| after(" ")).unwrap_or(if last > 0 { last } else { text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(source: &[u8], window: usize) -> Result<(String, Progress), Error> {
        let mut out = Vec::new();
        // A reader that gives a few bytes at a time.
        let reader = std::io::BufReader::with_capacity(3, source);
        let done = Restorer::new().restore_windows(reader, &mut out, window, |_, _| ControlFlow::Continue(()))?;
        Ok((String::from_utf8(out).unwrap(), done))
    }

    #[test]
    fn windows_cover_the_text() {
        let source = "Thu do Ha Noi\r\n\r\nThanh pho Ho Chi Minh, nam 2025\n".repeat(20);
        let whole = Restorer::new().restore(&source);
        let (text, done) = streamed(source.as_bytes(), WINDOW).unwrap();
        assert_eq!(text, whole.text());
        assert_eq!((done.read, done.edits), (source.len() as u64, whole.edits().len() as u64));
        for window in [0, 1, 7, 40, 100, source.len() - 1, source.len()] {
            let (text, done) = streamed(source.as_bytes(), window).unwrap();
            assert_eq!(done.read as usize, source.len());
            assert_eq!(done.written as usize, text.len());
            assert_eq!(text.lines().count(), source.lines().count(), "{window}");
            if window >= 40 {
                assert_eq!(text, whole.text(), "{window}");
            }
        }
        assert_eq!(streamed(b"", 10).unwrap().0, "");
    }

    #[test]
    fn says_where_a_source_is_no_utf8() {
        let mut source = "xã Phiêng Pằn\n".repeat(9).into_bytes();
        let at = source.len() - 2;
        source[at] = 0xff;
        for window in [1, 30, WINDOW] {
            assert!(matches!(streamed(&source, window), Err(Error::NotUtf8 { at: found }) if found == at as u64));
        }
        // Cut inside a character.
        assert!(matches!(streamed("ằ".as_bytes().split_last().unwrap().1, 9), Err(Error::NotUtf8 { at: 0 })));
    }
}
