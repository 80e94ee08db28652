//! Rayon twins of the front door.

use crate::assess::Assessment;
use crate::restoration::Restoration;
use crate::restorer::Restorer;
use rayon::prelude::*;

impl Restorer {
    /// Restores many texts on rayon's current thread pool; the same as restoring them one by one.
    ///
    /// ```
    /// let pages = ["Thu do Ha Noi", "Thanh pho Ho Chi Minh"];
    /// let restored = phucdau::Restorer::new().par_restore(&pages);
    /// assert_eq!(restored[1].text(), "Thành phố Hồ Chí Minh");
    /// ```
    pub fn par_restore<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Restoration> {
        texts.par_iter().map(|text| self.restore(text.as_ref())).collect()
    }

    /// Assesses many texts on rayon's current thread pool; the same as assessing them one by one.
    ///
    /// ```
    /// let found = phucdau::Restorer::new().par_assess(&["Thu do Ha Noi", "Thành phố Hồ Chí Minh"]);
    /// assert_eq!(found[1].verdict, phucdau::Verdict::Clean);
    /// ```
    pub fn par_assess<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Assessment> {
        texts.par_iter().map(|text| self.assess(text.as_ref())).collect()
    }
}
