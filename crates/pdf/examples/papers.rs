//! Writes the sample tables in every format into a folder, to be looked at: `cargo run -p pdf --example papers DIR`.

#[path = "../../formats/tests/documents/sample.rs"]
mod sample;

use formats::document::Taken;
use formats::statistics::{self, PrintContext};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is missing")?);
    std::fs::create_dir_all(&folder)?;
    let taken = Taken::new("os:clerk", jiff::civil::date(2024, 8, 12).at(9, 30, 0, 0));
    for (name, table) in [("township", sample::township()), ("county", sample::county())] {
        let context = PrintContext::taken(&taken);
        let document = statistics::document(&table, &context);
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        std::fs::write(file("txt"), statistics::text(&table))?;
        std::fs::write(file("csv"), statistics::csv(&table))?;
        std::fs::write(file("json"), statistics::json(&table).to_string())?;
        std::fs::write(file("xlsx"), statistics::xlsx(&table, &context)?)?;
        std::fs::write(file("docx"), formats::document::docx::write(&document)?)?;
        for round in ["first", "second"] {
            let started = std::time::Instant::now();
            std::fs::write(file("pdf"), pdf::render(&document)?)?;
            println!("{name}.pdf, {round} time: {:?}", started.elapsed());
        }
    }
    let coverage = sample::coverage();
    std::fs::write(folder.join("coverage.xlsx"), formats::coverage::xlsx(&coverage, &taken)?)?;
    std::fs::write(folder.join("coverage.txt"), formats::coverage::text(&coverage))?;
    Ok(())
}
