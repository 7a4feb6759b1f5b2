//! Words for people.

/// `1 request`, `2 requests`: `thing` in the singular, its plural by an `s`.
#[must_use]
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The same with a capital, as a line of its own begins.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What somebody meant who wrote `word`: `did you mean …?` where one of the known ones is near, else all of them.
#[must_use]
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("there are {}", known.join(", ")),
    }
}

/// The known word that is nearest, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = 1 + word.chars().count() / 4;
    let near = known.into_iter().map(|known| (distance(word, known, most), known));
    near.filter(|(distance, known)| *distance <= most && *distance < known.len())
        .min()
        .map(|(_, known)| known)
}

/// How many letters have to be put in, taken out or changed; anything beyond `most` for what is farther away.
fn distance(one: &str, other: &str, most: usize) -> usize {
    let (one, other): (Vec<char>, Vec<char>) =
        (one.to_lowercase().chars().collect(), other.to_lowercase().chars().collect());
    if one.len().abs_diff(other.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = place + 1;
        for (column, also) in other.iter().enumerate() {
            let changed = corner + usize::from(letter != also);
            corner = row[column + 1];
            row[column + 1] = changed.min(corner + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_meant() {
        let known = ["customer-created", "customer-updated", "out-of-order", "id"];
        for (word, near) in [
            ("customer-creatd", Some("customer-created")),
            ("customer-cerated", Some("customer-created")),
            ("Out-Of-Order", Some("out-of-order")),
            ("idd", Some("id")),
            ("xy", None),
            ("throttled", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), near, "{word}");
        }
        assert_eq!(meant("b", ["aaaa", "cccc"]), "there are aaaa, cccc");
    }
}
