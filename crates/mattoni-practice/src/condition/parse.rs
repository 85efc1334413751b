//! Reading a condition, with the place of what is wrong with it.

use mattoni_core::value::{Kind, Value};
use mattoni_core::{Problem, Problems};

use super::{Comparison, Condition};

/// The longest condition, in bytes.
const LONGEST: usize = 4000;
/// How deep parentheses and `not` may stand in one another.
const DEEPEST: usize = 32;

/// The words that join conditions, in English and Italian.
const AND: [&str; 2] = ["and", "e"];
const OR: [&str; 2] = ["or", "o"];
const NOT: [&str; 2] = ["not", "non"];

/// The kind of a field, as the form has it.
type Kinds<'k> = &'k dyn Fn(&str) -> Option<Kind>;

impl Condition {
    /// Reads a condition, in which each answer is compared with a value of its own kind.
    ///
    /// Comparisons are `=`, `!=`, `<`, `<=`, `>=` and `>`; they are joined by `and`, `or`, `not`
    /// (in Italian `e`, `o`, `non`) and parentheses, of which `not` binds most and `or` least. A
    /// value with spaces stands in quotes. Numbers have a decimal point, days are written as
    /// 2027-03-31, `sì` and `no` answer questions.
    ///
    /// # Errors
    /// `practice.condition.syntax` with the place where it cannot be read; otherwise everything
    /// that does not fit the form: `practice.condition.unknown`, `practice.condition.order`, and
    /// those of [`Kind::parse`].
    pub fn parse(text: &str, kinds: Kinds<'_>) -> Result<Self, Problems> {
        if text.len() > LONGEST {
            let rule = format!("must be at most {LONGEST} bytes long");
            return Err(syntax(0, &rule, "shorten it").into());
        }
        let mut reading = Reading { text, at: 0, depth: 0, kinds, found: Vec::new() };
        let condition = reading.either()?;
        if let Some(rest) = reading.peek() {
            let rule = format!("must end, or go on with and, or; found {rest}");
            return Err(reading.wrong(&rule).into());
        }
        Problems::check(reading.found)?;
        Ok(condition)
    }
}

fn syntax(at: usize, rule: &str, remedy: &str) -> Problem {
    let rule = format!("at character {}: {rule}", at + 1);
    Problem::new("practice.condition.syntax", "where", rule, remedy)
}

struct Reading<'t> {
    text: &'t str,
    /// Where the next token begins, in bytes.
    at: usize,
    depth: usize,
    kinds: Kinds<'t>,
    /// What does not fit the form.
    found: Vec<Problem>,
}

impl<'t> Reading<'t> {
    fn either(&mut self) -> Result<Condition, Problem> {
        let mut several = vec![self.both()?];
        while self.takes(&OR) {
            several.push(self.both()?);
        }
        Ok(one_or(several, Condition::Any))
    }

    fn both(&mut self) -> Result<Condition, Problem> {
        let mut several = vec![self.single()?];
        while self.takes(&AND) {
            several.push(self.single()?);
        }
        Ok(one_or(several, Condition::All))
    }

    fn single(&mut self) -> Result<Condition, Problem> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("must not have so many parentheses in one another"));
        }
        let condition = if self.takes(&NOT) {
            Condition::Not(Box::new(self.single()?))
        } else if self.takes(&["("]) {
            let within = self.either()?;
            if !self.takes(&[")"]) {
                return Err(self.wrong("must have a ) for each ("));
            }
            within
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, Problem> {
        let begins = self.position();
        let key = match self.next() {
            Some(word) if is_word(word) && !joins(word) => word.to_owned(),
            _ => return Err(self.wrong_at(begins, "must be the name of a field")),
        };
        let begins = self.position();
        let is = match self.next() {
            Some("=" | "==") => Comparison::Equal,
            Some("!=" | "<>") => Comparison::NotEqual,
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::AtMost,
            Some(">=") => Comparison::AtLeast,
            Some(">") => Comparison::More,
            _ => return Err(self.wrong_at(begins, "must be one of = != < <= >= >")),
        };
        let begins = self.position();
        let value = match self.next() {
            Some(quoted) if quoted.len() >= 2 && quoted.starts_with(['\'', '"']) => {
                quoted.get(1..quoted.len() - 1).unwrap_or_default()
            }
            Some(word) if is_word(word) => word,
            _ => return Err(self.wrong_at(begins, "must be a value to compare with")),
        };
        let value = self.fits(&key, is, value);
        Ok(Condition::Answer { key, is, value })
    }

    /// The value as the form has it. What does not fit is noted, and reading goes on.
    fn fits(&mut self, key: &str, is: Comparison, text: &str) -> Value {
        let Some(kind) = (self.kinds)(key) else {
            let rule = format!("must be a field of the form: there is no {key}");
            let remedy = "look at the form for its name";
            self.found.push(Problem::new("practice.condition.unknown", "where", rule, remedy));
            return Value::Text(text.to_owned());
        };
        if is.orders() && matches!(kind, Kind::Boolean | Kind::Text { .. } | Kind::Choice { .. }) {
            let rule = format!("{key} must be compared by = or !=: it is no number and no day");
            let remedy = "ask whether it is, or is not, one of its values";
            self.found.push(Problem::new("practice.condition.order", "where", rule, remedy));
        }
        // Bounds are those of an answer: an ISEE may be compared with more than it can be.
        let unbounded = match kind {
            Kind::Integer { .. } => Kind::Integer { min: None, max: None },
            Kind::Decimal { scale, .. } => Kind::Decimal { scale, min: None, max: None },
            Kind::Money { .. } => Kind::Money { min: None, max: None },
            Kind::Date { .. } => Kind::Date { min: None, max: None },
            other => other,
        };
        unbounded.parse(text).unwrap_or_else(|problem| {
            self.found.push(problem.in_field(format!("where: {key}")));
            Value::Text(text.to_owned())
        })
    }

    /// Takes the next token if it is one of these words, whatever its capitals.
    fn takes(&mut self, words: &[&str]) -> bool {
        let there =
            self.peek().is_some_and(|token| words.iter().any(|word| token.to_lowercase() == *word));
        if there {
            self.next();
        }
        there
    }

    fn peek(&self) -> Option<&'t str> {
        token(self.text.get(self.at..)?.trim_start())
    }

    fn next(&mut self) -> Option<&'t str> {
        let next = self.peek()?;
        self.at = self.position() + next.len();
        Some(next)
    }

    /// Where the next token begins.
    fn position(&self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at + (rest.len() - rest.trim_start().len())
    }

    fn wrong(&self, rule: &str) -> Problem {
        self.wrong_at(self.position(), rule)
    }

    fn wrong_at(&self, at: usize, rule: &str) -> Problem {
        let characters = self.text.get(..at).unwrap_or_default().chars().count();
        syntax(characters, rule, "write e.g. isee <= 15000 and children >= 2")
    }
}

/// A condition alone, or several joined.
fn one_or(mut several: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match several.pop() {
        Some(only) if several.is_empty() => only,
        last => {
            several.extend(last);
            join(several)
        }
    }
}

/// The first token of a text that does not begin with a space.
fn token(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let length = match first {
        '(' | ')' => 1,
        '\'' | '"' => {
            let inside = text.get(1..)?;
            // Where the other quote is missing there is one token, which is no value.
            inside.find(first).map_or(1, |end| end + 2)
        }
        '<' | '>' | '=' | '!' => {
            let signs = text.bytes().take_while(|byte| b"<>=!".contains(byte)).count();
            signs.min(2)
        }
        _ => text.find(ends_word).unwrap_or(text.len()),
    };
    text.get(..length)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || "()<>=!'\"".contains(c)
}

/// Whether it is one of the words that join conditions, whatever its capitals.
fn joins(token: &str) -> bool {
    let word = token.to_lowercase();
    [AND, OR, NOT].iter().flatten().any(|joining| *joining == word)
}

/// Whether it is a word and no sign.
fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(|first| !ends_word(first))
}
