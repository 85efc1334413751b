//! Mattoni: bricks for the digital services of Italian municipalities
