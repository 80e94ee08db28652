//! The README's commands print what it says.

#[test]
fn commands_of_the_readme() {
    // `TRYCMD=overwrite` writes what they print now into it.
    trycmd::TestCases::new().case("README.md");
}
