//! A chain as people read it: lines of text, a picture, a diagram for Markdown.

use std::fmt::Write as _;

use mattoni_core::record::Recipient;

use crate::chain::{BrickOutcome, Chain, Link, LinkOrder};

/// Height of one row of the picture: one arrow with its two lines of text.
const ROW: usize = 56;
const BOX: usize = 150;
const MARGIN: usize = 20;
/// Width of a character of the labels, generous.
const CHARACTER: usize = 7;

impl Link {
    /// The outcome in Italian; as it is written where it is not known.
    fn outcome(&self) -> &str {
        BrickOutcome::named(&self.on).map_or(&self.on, |outcome| outcome.italian)
    }

    /// The brick whose outcome it is; the service itself where it is not known.
    fn from(&self) -> &str {
        BrickOutcome::named(&self.on).map_or("service", |outcome| outcome.brick)
    }

    /// Width of its label in the picture.
    fn label_width(&self) -> usize {
        let order = self.order.italian().chars().count();
        self.outcome().chars().count().max(order) * CHARACTER
    }

    /// An arrow that runs level under its label and then turns to its box.
    fn draw(&self, svg: &mut String, from: (usize, usize), turn: usize, to: (usize, usize)) {
        let ((x, y), (to_x, to_y)) = (from, to);
        let tip = to_x - 8;
        let _ = writeln!(
            svg,
            "<polyline points=\"{x},{y} {turn},{y} {tip},{to_y} {to_x},{to_y}\" fill=\"none\" \
             stroke=\"#000\"/>\n<path d=\"M{to_x} {to_y} {tip} {} {tip} {}Z\"/>\n\
             <text x=\"{}\" y=\"{}\" font-weight=\"600\">{}</text>\n<text x=\"{}\" y=\"{}\">{}</text>",
            to_y - 4,
            to_y + 4,
            x + 10,
            y - 6,
            entities(self.outcome()),
            x + 10,
            y + 16,
            entities(&self.order.italian())
        );
    }
}

impl LinkOrder {
    /// The order in Italian: `avviso al richiedente (modello permit.bring-a-photo)`.
    #[must_use]
    pub fn italian(&self) -> String {
        match self {
            Self::Tell { template, to } => {
                let to = match to {
                    Recipient::Applicant => "al richiedente",
                    _ => "all'ufficio",
                };
                format!("avviso {to} (modello {template})")
            }
            Self::RequestPayment { amount, reason } => {
                let amount = amount.to_string().replace('.', ",");
                format!("richiesta di pagamento di {amount} € ({reason})")
            }
            Self::Other { topic, with, .. } => {
                let with: Vec<_> = with.iter().map(|(name, of)| format!("{name}: {of}")).collect();
                let known = match topic.as_str() {
                    "document.issue" => "rilascio di un documento",
                    "subscription.open" => "apertura di un'iscrizione",
                    "benefit.grant" => "concessione di un contributo",
                    "booking.offer" => "proposta di un appuntamento",
                    "registry.register" => "registrazione al protocollo",
                    other => other,
                };
                if with.is_empty() {
                    known.to_owned()
                } else {
                    format!("{known} ({})", with.join(", "))
                }
            }
        }
    }
}

/// What officials call a brick.
fn title(brick: &str) -> &str {
    match brick {
        "practice" => "pratica",
        "ranking" => "graduatoria",
        "message" => "messaggi",
        "payment" => "pagamenti",
        "document" => "documenti",
        "subscription" => "iscrizioni",
        "registry" => "protocollo",
        "booking" => "prenotazioni",
        "benefit" => "contributi",
        "report" => "segnalazioni",
        "feedback" => "valutazioni",
        "service" => "servizio",
        other => other,
    }
}

impl Chain {
    /// What follows what, in Italian: the bricks, then one line for each order.
    #[must_use]
    pub fn text(&self) -> String {
        let bricks: Vec<_> = self.bricks.iter().map(|brick| title(brick)).collect();
        let mut text = format!("mattoni: {}\n", bricks.join(", "));
        for link in &self.links {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} → {}", link.outcome(), link.order.italian());
        }
        text
    }

    /// The same as a diagram of [Mermaid](https://mermaid.js.org), for Markdown.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut text = "flowchart LR\n".to_owned();
        for brick in self.boxes() {
            let _ = writeln!(text, "    {brick}[\"{}\"]", entities(title(brick)));
        }
        for link in &self.links {
            let label = entities(&format!("{}: {}", link.outcome(), link.order.italian()));
            let _ = writeln!(text, "    {} -->|\"{label}\"| {}", link.from(), link.order.brick());
        }
        text
    }

    /// Every brick that is drawn: those of the service, then those that take orders.
    fn boxes(&self) -> Vec<&str> {
        let mut boxes: Vec<&str> = self.bricks.iter().map(String::as_str).collect();
        for name in self.links.iter().flat_map(|link| [link.from(), link.order.brick()]) {
            if !boxes.contains(&name) {
                boxes.push(name);
            }
        }
        boxes
    }

    /// The same as a picture that stands alone (SVG, black on white): the bricks that come to an
    /// outcome on the left, those that take orders on the right, an arrow for each order with the
    /// outcome above it and the order below.
    #[must_use]
    pub fn svg(&self) -> String {
        let (left, right) = self.columns();
        let longest = self.links.iter().map(Link::label_width).max().unwrap_or(0);
        // The labels, then room for the arrow to turn to its box.
        let turn = MARGIN + BOX + longest + MARGIN;
        let right_at = if right.is_empty() { MARGIN } else { turn + 60 };
        let width = right_at + BOX + MARGIN;
        let height = 2 * MARGIN + left.iter().map(BrickBox::rows).sum::<usize>() * ROW;
        let text: Vec<_> = self.text().lines().map(entities).collect();
        let mut svg = String::new();
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
             <title>Di che cosa è fatto il servizio, e che cosa segue a ogni esito</title>\n\
             <desc>{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n",
            text.join("\n")
        );
        // The arrows in the order in which they come in on the right.
        let slots: Vec<usize> = right.iter().flat_map(|taker| taker.links.clone()).collect();
        let mut row = 0;
        for giver in &left {
            giver.draw(&mut svg, MARGIN, row);
            for (link, row) in giver.links.iter().zip(row..) {
                let from = middle(row);
                let to = slots.iter().position(|slot| slot == link).map_or(from, middle);
                self.links[*link].draw(&mut svg, (MARGIN + BOX, from), turn, (right_at, to));
            }
            row += giver.rows();
        }
        let mut row = 0;
        for taker in &right {
            taker.draw(&mut svg, right_at, row);
            row += taker.rows();
        }
        svg.push_str("</svg>\n");
        svg
    }

    /// The boxes on the left and on the right.
    fn columns(&self) -> (Vec<BrickBox<'_>>, Vec<BrickBox<'_>>) {
        let boxes = |end: fn(&Link) -> &str| {
            self.boxes().into_iter().map(move |name| {
                let links = self.links.iter().zip(0..).filter(move |(link, _)| end(link) == name);
                BrickBox { name, links: links.map(|(_, number)| number).collect() }
            })
        };
        let mut right: Vec<_> =
            boxes(|link| link.order.brick()).filter(|taker| !taker.links.is_empty()).collect();
        // By their first arrow, so that fewer cross.
        right.sort_by_key(|taker| taker.links.first().copied());
        let takes = |name: &str| right.iter().any(|taker| taker.name == name);
        let left = boxes(Link::from).filter(|giver| !giver.links.is_empty() || !takes(giver.name));
        (left.collect(), right)
    }
}

/// A brick in one of the columns, with the numbers of its arrows.
struct BrickBox<'a> {
    name: &'a str,
    links: Vec<usize>,
}

impl BrickBox<'_> {
    fn rows(&self) -> usize {
        self.links.len().max(1)
    }

    fn draw(&self, svg: &mut String, x: usize, row: usize) {
        let (top, height) = (MARGIN + row * ROW + 6, self.rows() * ROW - 12);
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{top}\" width=\"{BOX}\" height=\"{height}\" rx=\"4\" \
             fill=\"#fff\" stroke=\"#000\" stroke-width=\"1.5\"/>\n<text x=\"{}\" y=\"{}\" \
             text-anchor=\"middle\" font-weight=\"600\" font-size=\"14\">{}</text>",
            x + BOX / 2,
            top + height / 2 + 5,
            entities(title(self.name))
        );
    }
}

fn middle(row: usize) -> usize {
    MARGIN + row * ROW + ROW / 2
}

/// Text within XML, and within the quotes of a diagram.
fn entities(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
