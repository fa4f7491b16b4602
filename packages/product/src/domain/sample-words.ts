/** What products of a sample category are made of. */
export interface Assortment {
  readonly category: string;
  readonly nouns: readonly string[];
  readonly adjectives: readonly string[];
  readonly materials: readonly string[];
  /** What they are for, to complete "made for …". */
  readonly uses: readonly string[];
  /** Lowest and highest price in minor units. */
  readonly prices: readonly [number, number];
  readonly extras: Readonly<Record<string, readonly string[]>>;
}

const WARRANTY = { warranty: ['2 years', '3 years', '5 years'] };

/** The sample store's departments. */
export const ASSORTMENTS: readonly Assortment[] = [
  {
    category: 'kitchen',
    nouns: ['Kettle', 'Skillet', 'Mixing Bowl', 'Mug', 'Cutting Board', 'Saucepan', 'Colander', 'Teapot', 'Carafe'],
    adjectives: ['Classic', 'Brushed', 'Hand-finished', 'Everyday', 'Stackable', 'Heavy-duty', 'Compact'],
    materials: ['Steel', 'Copper', 'Cast Iron', 'Stoneware', 'Enamel', 'Olive Wood', 'Glass'],
    uses: ['slow Sunday breakfasts', 'cooking for a crowd', 'small kitchens', 'everyday meals'],
    prices: [900, 14900],
    extras: { capacity: ['0.5 l', '1 l', '1.5 l', '2.5 l'], care: ['dishwasher safe', 'hand wash'] },
  },
  {
    category: 'home-office',
    nouns: ['Desk Lamp', 'Monitor Stand', 'Desk Organizer', 'Office Chair', 'Bookend', 'Footrest', 'Document Tray'],
    adjectives: ['Adjustable', 'Minimal', 'Ergonomic', 'Foldable', 'Quiet', 'Sturdy', 'Modular'],
    materials: ['Oak', 'Walnut', 'Aluminum', 'Bamboo', 'Felt', 'Leather', 'Birch'],
    uses: ['long working days', 'a tidy desk', 'shared rooms', 'video calls'],
    prices: [1500, 38900],
    extras: { assembly: ['none', '5 minutes', '20 minutes'], ...WARRANTY },
  },
  {
    category: 'garden',
    nouns: ['Planter', 'Watering Can', 'Hand Trowel', 'Bird Feeder', 'Pruning Shears', 'Garden Bench', 'Rain Gauge'],
    adjectives: ['Weatherproof', 'Rustic', 'Large', 'Self-watering', 'Vintage', 'Hanging', 'Sharp'],
    materials: ['Terracotta', 'Zinc', 'Cedar', 'Teak', 'Galvanized Steel', 'Recycled Plastic', 'Brass'],
    uses: ['balconies', 'herbs and vegetables', 'the first days of spring', 'shady corners'],
    prices: [700, 24900],
    extras: { season: ['all year', 'spring', 'summer'], size: ['S', 'M', 'L'] },
  },
  {
    category: 'outdoor',
    nouns: ['Tent', 'Sleeping Bag', 'Camp Stove', 'Trekking Pole', 'Headlamp', 'Hammock', 'Dry Bag', 'Camp Chair'],
    adjectives: ['Ultralight', 'Alpine', 'Four-season', 'Packable', 'Rugged', 'Trail', 'Insulated'],
    materials: ['Ripstop', 'Carbon', 'Titanium', 'Down', 'Canvas', 'Nylon', 'Aluminum'],
    uses: ['nights above the tree line', 'weekend trips', 'paddling tours', 'festival fields'],
    prices: [1900, 49900],
    extras: { weight: ['0.2 kg', '0.6 kg', '1.4 kg', '2.3 kg'], size: ['S', 'M', 'L', 'XL'] },
  },
  {
    category: 'audio',
    nouns: ['Headphones', 'Speaker', 'Turntable', 'Microphone', 'Soundbar', 'Radio', 'Earbuds', 'Amplifier'],
    adjectives: ['Wireless', 'Studio', 'Portable', 'Noise-canceling', 'Retro', 'Open-back', 'Hi-fi'],
    materials: ['Walnut', 'Aluminum', 'Maple', 'Graphite', 'Leather', 'Titanium', 'Fabric'],
    uses: ['late-night listening', 'home recording', 'kitchen dancing', 'long commutes'],
    prices: [2900, 89900],
    extras: { connection: ['Bluetooth 5.3', 'USB-C', '3.5 mm'], ...WARRANTY },
  },
  {
    category: 'lighting',
    nouns: ['Pendant Lamp', 'Floor Lamp', 'Table Lamp', 'Wall Light', 'String Lights', 'Lantern', 'Night Light'],
    adjectives: ['Dimmable', 'Warm', 'Arched', 'Industrial', 'Paper-thin', 'Spherical', 'Nordic'],
    materials: ['Brass', 'Rattan', 'Opal Glass', 'Concrete', 'Linen', 'Ash', 'Ceramic'],
    uses: ['reading corners', 'dinner tables', 'narrow hallways', 'summer terraces'],
    prices: [1900, 45900],
    extras: { socket: ['E14', 'E27', 'LED built in'], brightness: ['250 lm', '470 lm', '806 lm'] },
  },
  {
    category: 'bedroom',
    nouns: ['Duvet Cover', 'Pillow', 'Throw Blanket', 'Bed Frame', 'Quilt', 'Nightstand', 'Mattress Topper'],
    adjectives: ['Soft', 'Breathable', 'Stonewashed', 'Weighted', 'Quilted', 'Plush', 'Low'],
    materials: ['Linen', 'Cotton', 'Merino', 'Bamboo', 'Down', 'Pine', 'Silk'],
    uses: ['warm nights', 'light sleepers', 'guest rooms', 'lazy mornings'],
    prices: [1900, 69900],
    extras: { size: ['single', 'double', 'queen', 'king'], care: ['40 °C', '60 °C', 'dry clean'] },
  },
  {
    category: 'bath',
    nouns: ['Towel', 'Bath Mat', 'Soap Dish', 'Shower Caddy', 'Robe', 'Laundry Basket', 'Mirror', 'Bath Pillow'],
    adjectives: ['Quick-drying', 'Ribbed', 'Fluffy', 'Rustproof', 'Spa', 'Non-slip', 'Round'],
    materials: ['Cotton', 'Teak', 'Stainless Steel', 'Marble', 'Waffle', 'Cork', 'Bamboo'],
    uses: ['family bathrooms', 'a bath on a rainy evening', 'tiny flats', 'the gym bag'],
    prices: [600, 15900],
    extras: { size: ['30 × 50 cm', '50 × 100 cm', '70 × 140 cm'], care: ['60 °C', 'wipe clean'] },
  },
  {
    category: 'toys',
    nouns: [
      'Building Blocks',
      'Puzzle',
      'Train Set',
      'Kite',
      'Stacking Rings',
      'Marble Run',
      'Dollhouse',
      'Board Game',
    ],
    adjectives: ['Colorful', 'My First', 'Magnetic', 'Musical', 'Giant', 'Travel', 'Glow-in-the-dark'],
    materials: ['Beech', 'Cardboard', 'Felt', 'Maple', 'Cotton', 'Birch', 'Cork'],
    uses: ['rainy afternoons', 'small hands', 'the whole family', 'car journeys'],
    prices: [800, 12900],
    extras: {
      age: ['from 1 year', 'from 3 years', 'from 6 years', 'from 10 years'],
      pieces: ['12', '48', '100', '500'],
    },
  },
  {
    category: 'fitness',
    nouns: ['Yoga Mat', 'Dumbbell', 'Kettlebell', 'Foam Roller', 'Jump Rope', 'Resistance Band', 'Balance Board'],
    adjectives: ['Non-slip', 'Pro', 'Adjustable', 'Extra-thick', 'Home', 'Textured', 'Speed'],
    materials: ['Cork', 'Rubber', 'Cast Iron', 'Neoprene', 'Steel', 'Maple', 'Latex'],
    uses: ['morning routines', 'recovery days', 'a gym in the living room', 'travel workouts'],
    prices: [900, 19900],
    extras: { weight: ['1 kg', '4 kg', '8 kg', '12 kg'], level: ['beginner', 'intermediate', 'advanced'] },
  },
  {
    category: 'stationery',
    nouns: ['Notebook', 'Fountain Pen', 'Pencil Case', 'Planner', 'Sketchbook', 'Paperweight', 'Letter Set', 'Stapler'],
    adjectives: ['Dotted', 'Pocket', 'Refillable', 'Clothbound', 'Executive', 'Lay-flat', 'Retro'],
    materials: ['Leather', 'Brass', 'Recycled Paper', 'Linen', 'Cork', 'Aluminum', 'Walnut'],
    uses: ['lists and plans', 'travel diaries', 'letters worth keeping', 'quick sketches'],
    prices: [400, 9900],
    extras: { format: ['A6', 'A5', 'A4'], pages: ['96', '160', '240'] },
  },
  {
    category: 'travel',
    nouns: ['Suitcase', 'Backpack', 'Packing Cubes', 'Neck Pillow', 'Toiletry Bag', 'Duffel', 'Passport Holder'],
    adjectives: ['Cabin-size', 'Expandable', 'Anti-theft', 'Featherlight', 'Weekend', 'Roll-top', 'Waterproof'],
    materials: ['Canvas', 'Leather', 'Polycarbonate', 'Nylon', 'Waxed Cotton', 'Recycled Polyester', 'Aluminum'],
    uses: ['weekends away', 'one-bag travelers', 'overnight trains', 'airport sprints'],
    prices: [1200, 42900],
    extras: { volume: ['8 l', '20 l', '35 l', '60 l'], ...WARRANTY },
  },
];

export const COLORS = [
  'Black',
  'White',
  'Sand',
  'Forest Green',
  'Navy',
  'Terracotta',
  'Slate',
  'Mustard',
  'Sky Blue',
  'Berry',
] as const;
