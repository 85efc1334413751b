//! The table as a picture: `docs/practice-states.svg`.
//!
//! Where things stand is chosen by hand, so that lines do not cross more than they must; what is
//! drawn is read off the table. A verb the table gains is drawn as a straight line until someone
//! gives it a better way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use mattoni_core::record::Verb as _;

use crate::transitions::after;
use crate::{State, Verb};

const WIDTH: i32 = 150;
const HEIGHT: i32 = 44;

type Point = (i32, i32);

/// One end of an arrow. States that do the same verb to the same end share a frame, and the
/// arrow starts at the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    One(State),
    Frame(usize),
}

struct Frame {
    title: &'static str,
    from: Point,
    to: Point,
    states: &'static [State],
}

/// The larger ones first.
const FRAMES: [Frame; 3] = [
    Frame {
        title: "in corso",
        from: (225, 150),
        to: (1035, 610),
        states: &[
            State::Submitted,
            State::Registered,
            State::TakenInCharge,
            State::AwaitingIntegration,
            State::IntegrationAnswered,
            State::AwaitingPayment,
            State::NoticeGiven,
        ],
    },
    Frame {
        title: "conclusa",
        from: (1145, 190),
        to: (1325, 545),
        states: &[State::Accepted, State::Rejected, State::Withdrawn],
    },
    Frame {
        title: "in istruttoria",
        from: (505, 190),
        to: (685, 545),
        states: &[State::TakenInCharge, State::IntegrationAnswered],
    },
];

const fn place(state: State) -> Point {
    match state {
        State::Draft => (20, 220),
        State::Expired => (20, 420),
        State::Submitted => (250, 220),
        State::Registered => (250, 420),
        State::TakenInCharge => (520, 220),
        State::IntegrationAnswered => (520, 480),
        State::NoticeGiven => (860, 220),
        State::AwaitingPayment => (860, 350),
        State::AwaitingIntegration => (860, 480),
        State::Accepted => (1160, 220),
        State::Rejected => (1160, 350),
        State::Withdrawn => (1160, 480),
        State::Revoked => (1160, 60),
    }
}

/// The way an arrow goes, and where its words stand.
fn way(from: Node, to: State) -> Option<(&'static [Point], Point)> {
    use State as S;
    let (points, words): (&[Point], Point) = match (from, to) {
        (Node::One(S::Draft), S::Submitted) => (&[(170, 242), (250, 242)], (200, 236)),
        (Node::One(S::Draft), S::Expired) => (&[(95, 264), (95, 420)], (95, 345)),
        (Node::One(S::Submitted), S::Registered) => (&[(325, 264), (325, 420)], (325, 345)),
        (Node::One(S::Submitted), S::TakenInCharge) => (&[(400, 236), (520, 236)], (452, 230)),
        (Node::One(S::Registered), S::TakenInCharge) => {
            (&[(400, 442), (460, 442), (460, 250), (520, 250)], (446, 458))
        }
        (Node::One(S::IntegrationAnswered), S::TakenInCharge) => {
            (&[(595, 480), (595, 264)], (595, 400))
        }
        (Node::Frame(2), S::AwaitingIntegration) => {
            (&[(640, 545), (640, 580), (935, 580), (935, 524)], (790, 575))
        }
        (Node::One(S::AwaitingIntegration), S::IntegrationAnswered) => {
            (&[(860, 512), (670, 512)], (765, 525))
        }
        (Node::One(S::AwaitingIntegration), S::TakenInCharge) => {
            (&[(860, 492), (705, 492), (705, 257), (670, 257)], (776, 464))
        }
        (Node::Frame(2), S::AwaitingPayment) => (&[(685, 384), (860, 384)], (772, 398)),
        (Node::One(S::AwaitingPayment), S::TakenInCharge) => {
            (&[(860, 362), (725, 362), (725, 246), (670, 246)], (795, 330))
        }
        (Node::Frame(2), S::NoticeGiven) => (&[(685, 230), (860, 230)], (772, 224)),
        (Node::Frame(2), S::Accepted) => {
            (&[(595, 190), (595, 125), (1175, 125), (1175, 220)], (890, 120))
        }
        (Node::One(S::NoticeGiven), S::Accepted) => (&[(1010, 236), (1160, 236)], (1090, 230)),
        (Node::Frame(2), S::Rejected) => {
            (&[(545, 545), (545, 650), (1105, 650), (1105, 384), (1160, 384)], (820, 645))
        }
        (Node::One(S::NoticeGiven), S::Rejected) => {
            (&[(1010, 256), (1090, 256), (1090, 366), (1160, 366)], (1090, 315))
        }
        (Node::Frame(0), S::Withdrawn) => (&[(1035, 502), (1160, 502)], (1090, 496)),
        (Node::Frame(1), S::TakenInCharge) => {
            (&[(1235, 545), (1235, 690), (490, 690), (490, 258), (520, 258)], (860, 685))
        }
        (Node::One(S::Accepted), S::Revoked) => (&[(1235, 220), (1235, 104)], (1255, 150)),
        _ => return None,
    };
    Some((points, words))
}

/// Who leads where by which verbs, frames put for all of their states.
fn arrows() -> BTreeMap<(Node, State), Vec<Verb>> {
    let mut arrows: BTreeMap<_, Vec<Verb>> = BTreeMap::new();
    for verb in Verb::ALL.iter().copied() {
        for to in State::ALL {
            let leads = |from: &State| *from != to && after(verb, *from).contains(&to);
            let mut from: BTreeSet<_> = State::ALL.into_iter().filter(leads).collect();
            let mut nodes = Vec::new();
            for (index, frame) in FRAMES.iter().enumerate() {
                if frame.states.iter().all(|state| from.contains(state)) {
                    from.retain(|state| !frame.states.contains(state));
                    nodes.push(Node::Frame(index));
                }
            }
            nodes.extend(from.into_iter().map(Node::One));
            for node in nodes {
                arrows.entry((node, to)).or_default().push(verb);
            }
        }
    }
    arrows
}

fn centre(node: Node) -> Point {
    match node {
        Node::One(state) => {
            let (x, y) = place(state);
            (x + WIDTH / 2, y + HEIGHT / 2)
        }
        Node::Frame(index) => {
            let Frame { from, to, .. } = &FRAMES[index];
            (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1))
        }
    }
}

/// The states of a practice and the verbs that lead from one to another, as SVG, in Italian.
#[must_use]
pub fn picture() -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1345 710\" role=\"img\" \
         aria-labelledby=\"title\" font-family=\"system-ui, sans-serif\" text-anchor=\"middle\">\n\
         <title id=\"title\">Gli stati di una pratica e gli atti che portano dall'uno all'altro</title>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 10 5 0 10Z\" fill=\"#17324d\"/></marker></defs>\n\
         <rect width=\"1345\" height=\"710\" fill=\"#fff\"/>\n",
    );
    // Writing to a String cannot fail.
    for Frame { title, from, to, .. } in FRAMES {
        let (width, height) = (to.0 - from.0, to.1 - from.1);
        let _ = writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"none\" \
             stroke=\"#5c6f82\" stroke-dasharray=\"5 4\"/>\n<text x=\"{}\" y=\"{}\" \
             font-size=\"13\" font-style=\"italic\" fill=\"#455a64\">{title}</text>",
            from.0,
            from.1,
            from.0 + 50,
            to.1 - 8,
        );
    }
    let mut words = String::new();
    for ((from, to), verbs) in arrows() {
        let straight = [centre(from), centre(Node::One(to))];
        let middle = (
            i32::midpoint(straight[0].0, straight[1].0),
            i32::midpoint(straight[0].1, straight[1].1),
        );
        let (points, at) = way(from, to).unwrap_or((&straight, middle));
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#17324d\" stroke-width=\"1.4\" \
             marker-end=\"url(#tip)\"/>",
            points.join(" ")
        );
        for (line, verb) in (0..).zip(&verbs) {
            let _ = writeln!(
                words,
                "<text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"#17324d\" stroke=\"#fff\" \
                 stroke-width=\"4\" paint-order=\"stroke\">{}</text>",
                at.0,
                at.1 + 14 * line,
                verb.italian()
            );
        }
    }
    for state in State::ALL {
        let (x, y) = place(state);
        let fill = if state.is_final() { "#e8f0e8" } else { "#e6ecf2" };
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\" \
             fill=\"{fill}\" stroke=\"#17324d\"/>\n<text x=\"{}\" y=\"{}\" font-size=\"11.5\" \
             font-weight=\"600\" fill=\"#17324d\">{}</text>\n<text x=\"{}\" y=\"{}\" \
             font-size=\"11\" font-family=\"monospace\" fill=\"#455a64\">{state}</text>",
            x + WIDTH / 2,
            y + 19,
            state.italian(),
            x + WIDTH / 2,
            y + 35,
        );
    }
    svg.push_str(&words);
    svg.push_str("</svg>\n");
    svg
}
