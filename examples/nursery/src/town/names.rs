//! Common names of the region.

pub(super) const FAMILY: [&str; 48] = [
    "Ferrari", "Bianchi", "Rossi", "Montanari", "Fontana", "Ferretti", "Iotti", "Morini", "Catellani",
    "Spaggiari", "Bertani", "Rinaldi", "Gualdi", "Campani", "Incerti", "Bonacini", "Davoli",
    "Castagnetti", "Codeluppi", "Manfredi", "Ruini", "Torelli", "Zanni", "Vezzani", "Benassi", "Braglia",
    "Prandi", "Medici", "Lusuardi", "Cocconi", "Singh", "Hoxha", "Popescu", "Kaur", "Esposito", "Russo",
    "Greco", "Conte", "De Luca", "D'Angelo", "Nicolò", "Fornaciari", "Grasselli", "Menozzi", "Orlandini",
    "Pedroni", "Sassi", "Tirelli",
];

pub(super) const FEMALE: [&str; 36] = [
    "Anna", "Giulia", "Sofia", "Aurora", "Emma", "Alice", "Martina", "Chiara", "Francesca", "Elena",
    "Sara", "Beatrice", "Camilla", "Ginevra", "Matilde", "Bianca", "Noemi", "Gaia", "Irene", "Lucia",
    "Margherita", "Rebecca", "Viola", "Vittoria", "Amina", "Elira", "Ioana", "Zoë", "Caterina", "Laura",
    "Silvia", "Valentina", "Federica", "Paola", "Monica", "Teresa",
];

pub(super) const MALE: [&str; 36] = [
    "Leonardo", "Francesco", "Alessandro", "Lorenzo", "Mattia", "Tommaso", "Gabriele", "Andrea", "Riccardo",
    "Edoardo", "Davide", "Giuseppe", "Antonio", "Federico", "Marco", "Samuele", "Pietro", "Diego",
    "Nicolò", "Filippo", "Enea", "Giacomo", "Elia", "Michele", "Luca", "Simone", "Arben", "Harpreet",
    "Andrei", "José", "Stefano", "Paolo", "Roberto", "Claudio", "Fabio", "Matteo",
];
