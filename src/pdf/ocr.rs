//! Pages that are images alone, read by the program Tesseract if it is there.

use std::io::Write;
use std::process::{Command, Stdio};

use hayro_interpret::kurbo::{Point, Vec2};

use super::read::{Picture, Word};
use crate::error::Error;

/// How to get Tesseract.
const INSTALL: &str = "\
pages that are images need the program `tesseract` with its Vietnamese data:
  Debian, Ubuntu  sudo apt install tesseract-ocr tesseract-ocr-vie
  macOS           brew install tesseract tesseract-lang
  Windows         winget install UB-Mannheim.TesseractOCR
                  (choose Vietnamese, and put the program's folder on the PATH)";

/// The program `tesseract`, which reads images.
#[derive(Debug, Clone)]
pub struct Tesseract {
    language: &'static str,
}

impl Tesseract {
    /// The program on the path, with its Vietnamese data if they are there, else the English ones, whose errors restoring
    /// knows.
    ///
    /// # Errors
    /// [`Error::Pdf`] if there is no such program, or it has neither; the message says how to install it.
    pub fn find() -> Result<Self, Error> {
        let missing = || Error::Pdf(INSTALL.into());
        let output = Command::new("tesseract").arg("--list-langs").output().map_err(|_| missing())?;
        let list = String::from_utf8_lossy(&output.stdout);
        let has = |language: &&str| list.lines().any(|line| line.trim() == *language);
        let language = ["vie", "eng"].into_iter().find(has).ok_or_else(missing)?;
        Ok(Tesseract { language })
    }

    /// The language it reads: `vie` or `eng`.
    pub fn language(&self) -> &str {
        self.language
    }

    /// The words of a picture of a page that is so many points wide.
    pub(super) fn read(&self, picture: &Picture, width: f64) -> Result<Vec<Word>, Error> {
        let failed = |why: &str| Error::Pdf(format!("tesseract failed: {why}"));
        let mut tesseract = Command::new("tesseract")
            .args(["stdin", "stdout", "-l", self.language, "tsv"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error.to_string()))?;
        // Dropping its standard input tells it that the image is complete. It reads all of it before it writes.
        let sent = tesseract.stdin.take().map(|mut stdin| stdin.write_all(&picture.to_pgm()));
        let output = tesseract.wait_with_output().map_err(|error| failed(&error.to_string()))?;
        if !output.status.success() || !matches!(sent, Some(Ok(()))) {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim()));
        }
        Ok(words(&String::from_utf8_lossy(&output.stdout), width / picture.width as f64))
    }
}

/// The words of Tesseract's table, with so many points to a pixel.
fn words(table: &str, scale: f64) -> Vec<Word> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for row in table.lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [level, _, _, _, _, _, left, top, width, height, sure, text] = fields[..] else { continue };
        let number = |field: &str| field.parse::<f64>().map_or(0.0, |pixels| pixels * scale);
        let (left, top, width, height) = (number(left), number(top), number(width), number(height));
        match level {
            "4" => lines.push(Vec::new()),
            "5" if !text.trim().is_empty() => {
                let Some(line) = lines.last_mut() else { continue };
                line.push(Word {
                    text: text.trim().to_owned(),
                    origin: Point::new(left, top + height),
                    along: Vec2::new(1.0, 0.0),
                    length: width,
                    size: height,
                    visible: false,
                    spaced: true,
                    operators: None,
                    sure: sure.parse().ok().map(|percent: f32| percent.clamp(0.0, 100.0) / 100.0),
                });
            }
            _ => {}
        }
    }
    // All lines of a scan lean as the one in the middle does.
    let slope = middle(lines.iter().filter(|line| line.len() >= 4).map(|line| slope(line)), 0.5);
    for line in &mut lines {
        // What most words stand on is the baseline; letters that go below it, and marks there, are in the minority.
        let base = middle(line.iter().map(|word| word.origin.y - slope * word.origin.x), 0.4);
        let size = middle(line.iter().map(|word| word.size), 0.75);
        for word in line {
            word.origin.y = base + slope * word.origin.x;
            (word.size, word.along) = (size, Vec2::new(1.0, slope).normalize());
        }
    }
    let mut words: Vec<Word> = lines.into_iter().flatten().collect();
    words.retain(|word| word.size > 0.0);
    words
}

/// The number that such a share of others is below; 0 if there are none.
fn middle(numbers: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get((numbers.len() as f64 * share) as usize).copied().unwrap_or(0.0)
}

/// How much a line rises or falls from its first word to its last.
fn slope(line: &[Word]) -> f64 {
    let (first, last) = (&line[0].origin, &line[line.len() - 1].origin);
    let slope = (last.y - first.y) / (last.x - first.x);
    if slope.abs() < 0.1 { slope } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_words() {
        let table = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            4\t1\t1\t1\t1\t0\t100\t200\t300\t40\t-1\t\n\
            5\t1\t1\t1\t1\t1\t100\t200\t140\t40\t95.1\tNam\n\
            5\t1\t1\t1\t1\t2\t260\t200\t140\t40\t91.0\tPhieng\n\
            5\t1\t1\t1\t1\t3\t260\t200\t140\t40\t91.0\t \n\
            broken\trow\n";
        let words = words(table, 0.5);
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["Nam", "Phieng"]);
        assert_eq!((words[0].origin, words[0].length, words[0].size), (Point::new(50.0, 120.0), 70.0, 20.0));
        assert_eq!(words.iter().map(|word| word.sure).collect::<Vec<_>>(), [Some(0.951), Some(0.91)]);
        assert_eq!(words[1].origin, Point::new(130.0, 120.0));
    }
}
