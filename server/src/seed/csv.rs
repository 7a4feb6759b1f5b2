//! Contacts from CSV: a header names the columns, a line is a contact (`fixtures/README.md`, Contacts as CSV).

use super::SeedError;
use super::document::ContactSeed;

/// What a column holds.
enum Column {
    Uuid,
    Name,
    Language,
    /// The path of a URN of this scheme.
    Urn(String),
    /// Names or UUIDs, separated by `;`.
    Groups,
    /// The value of the field with this key.
    Field(String),
}

/// Reads the contacts of a file; an empty cell leaves its member out.
///
/// # Errors
/// The line and what is wrong with it.
pub(super) fn read(source: &str, text: &str) -> Result<Vec<ContactSeed>, SeedError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Spreadsheets in Brazil separate by semicolons.
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| unreadable(source, &error))?.clone();
    let columns = header
        .iter()
        .map(|name| column(name).map_err(|what| SeedError::new(format!("{source}:1"), what)))
        .collect::<Result<Vec<Column>, SeedError>>()?;
    if let Some(name) = header.iter().enumerate().find_map(|(at, name)| {
        let twice = !name.starts_with("urn:") && header.iter().take(at).any(|other| other == name);
        twice.then_some(name)
    }) {
        return Err(SeedError::new(format!("{source}:1"), format!("column \"{name}\" occurs twice")));
    }
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| unreadable(source, &error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut contact = ContactSeed { line: Some(line), ..ContactSeed::default() };
            for (column, cell) in columns.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
                set(&mut contact, column, cell)
                    .map_err(|what| SeedError::new(format!("{source}:{line}"), what))?;
            }
            Ok(contact)
        })
        .collect()
}

fn column(name: &str) -> Result<Column, String> {
    Ok(match name.split_once(':') {
        None if name == "uuid" => Column::Uuid,
        None if name == "name" => Column::Name,
        None if name == "language" => Column::Language,
        None if name == "groups" => Column::Groups,
        Some(("urn", scheme)) => Column::Urn(scheme.to_owned()),
        Some(("field", key)) => Column::Field(key.to_owned()),
        _ => {
            return Err(format!(
                "unknown column \"{name}\": expected uuid, name, language, urn:SCHEME, groups or field:KEY"
            ));
        }
    })
}

fn set(contact: &mut ContactSeed, column: &Column, cell: &str) -> Result<(), String> {
    match column {
        Column::Uuid => {
            contact.uuid = Some(cell.parse().map_err(|_| format!("uuid: \"{cell}\" is not a UUID"))?);
        }
        Column::Name => contact.name = Some(cell.to_owned()),
        Column::Language => contact.language = Some(cell.to_owned()),
        Column::Urn(scheme) => contact.urns.push(format!("{scheme}:{cell}")),
        Column::Groups => {
            let groups = cell.split(';').map(str::trim).filter(|group| !group.is_empty());
            contact.groups.extend(groups.map(str::to_owned));
        }
        Column::Field(key) => {
            contact.fields.insert(key.clone(), cell.to_owned());
        }
    }
    Ok(())
}

fn unreadable(source: &str, error: &csv::Error) -> SeedError {
    let line = error.position().map_or(1, csv::Position::line);
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} cells where the header has {expected_len}: is a quote missing?")
        }
        _ => error.to_string(),
    };
    SeedError::new(format!("{source}:{line}"), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_separate_where_there_is_no_comma() {
        let text = "\u{feff}name;urn:whatsapp;groups\nAna;5582999990000;\"VIP;Novos\"\n";
        let contacts = read("a.csv", text).unwrap();
        assert_eq!(contacts[0].name.as_deref(), Some("Ana"));
        assert_eq!(contacts[0].urns, ["whatsapp:5582999990000"]);
        assert_eq!(contacts[0].groups, ["VIP", "Novos"]);
    }
}
