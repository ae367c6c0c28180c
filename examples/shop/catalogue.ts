/** One of the three shelves. */
export interface Category {
  /** In URLs, and the `category` of every product event. */
  slug: string;
  name: string;
  line: string;
  picture: string;
}

/** One thing to buy. */
export interface Item {
  /** In URLs, and the `product_id` of every product event. */
  id: string;
  name: string;
  /** Slug of its category. */
  category: string;
  /** Cents, tax included. */
  price: number;
  /** One sentence, for cards. */
  line: string;
  story: string;
  facts: readonly (readonly [name: string, value: string])[];
  /** What the picture shows. */
  alt: string;
}

export const CATEGORIES: readonly Category[] = [
  {
    slug: 'coffee',
    name: 'Coffee',
    line: 'Grinders, drippers and kettles for a cup you make yourself.',
    picture: '/pictures/banner-coffee.svg',
  },
  {
    slug: 'tea',
    name: 'Tea',
    line: 'Leaves from small gardens, and the few tools they ask for.',
    picture: '/pictures/banner-tea.svg',
  },
  {
    slug: 'ceramics',
    name: 'Ceramics',
    line: 'Thrown by hand in small batches; no two are quite alike.',
    picture: '/pictures/banner-ceramics.svg',
  },
];

const ITEMS: readonly Item[] = [
  {
    id: 'hand-grinder',
    name: 'Steady hand grinder',
    category: 'coffee',
    price: 8900,
    line: 'Forty-eight clicks between espresso and French press.',
    story:
      'Hardened steel burrs on two bearings, so the crank turns without a wobble and the grounds come out even. It takes apart without a tool and fits beside the kettle in a carry-on.',
    facts: [
      ['Holds', '25 g of beans'],
      ['Burrs', '38 mm conical steel'],
      ['Weighs', '510 g'],
    ],
    alt: 'A black and steel hand grinder with a wooden crank knob',
  },
  {
    id: 'cone-dripper',
    name: 'Cone dripper and server',
    category: 'coffee',
    price: 5400,
    line: 'A porcelain cone on a glass server, for two slow cups.',
    story:
      'Ribs inside the cone keep the paper off the wall, so the water finds its way through the whole bed. The server pours clean and goes in the dishwasher.',
    facts: [
      ['Holds', '500 ml'],
      ['Made of', 'Porcelain, borosilicate glass'],
      ['Papers', 'Size 02, forty included'],
    ],
    alt: 'A white porcelain dripper on a glass server with coffee in it',
  },
  {
    id: 'slow-pour-kettle',
    name: 'Slow-pour kettle',
    category: 'coffee',
    price: 11900,
    line: 'A gooseneck thin enough to draw with.',
    story:
      'The spout leaves low on the body and narrows all the way, so the stream stays the same from the first bloom to the last drop. Works on gas, electric and induction.',
    facts: [
      ['Holds', '900 ml'],
      ['Made of', 'Steel, beech handle'],
      ['Base', 'Every hob, induction too'],
    ],
    alt: 'A matte black gooseneck kettle with a beech handle',
  },
  {
    id: 'french-press',
    name: 'Weekend press',
    category: 'coffee',
    price: 4600,
    line: 'Four minutes, one push, enough for the table.',
    story:
      'A double mesh and a snug plunger keep the grit where it belongs. Every part can be ordered singly, so a broken glass is not the end of it.',
    facts: [
      ['Holds', '1 litre'],
      ['Made of', 'Borosilicate glass, steel'],
      ['Spare parts', 'All of them'],
    ],
    alt: 'A glass French press full of coffee',
  },
  {
    id: 'morning-blend',
    name: 'Morning blend, 250 g',
    category: 'coffee',
    price: 1350,
    line: 'Hazelnut and red apple; roasted on Mondays.',
    story:
      'Two washed coffees, roasted a little apart and blended after, so it is sweet as filter and still round with milk. Shipped within three days of the roast.',
    facts: [
      ['Roast', 'Light to medium'],
      ['From', 'Huila and Sidama'],
      ['Best', 'One to six weeks after roasting'],
    ],
    alt: 'A kraft paper bag of coffee with a sunrise on its label',
  },
  {
    id: 'glass-teapot',
    name: 'Clear teapot',
    category: 'tea',
    price: 4800,
    line: 'Watch the colour, lift the leaf, pour.',
    story:
      'Thin borosilicate glass that goes from the freezer to boiling without a crack. The basket lifts out, so the second pot is as good as the first.',
    facts: [
      ['Holds', '800 ml'],
      ['Made of', 'Borosilicate glass, beech knob'],
      ['Basket', 'Laser-cut, no mesh to clog'],
    ],
    alt: 'A round glass teapot with amber tea and leaves in its basket',
  },
  {
    id: 'sencha-tin',
    name: 'First-flush sencha, 100 g',
    category: 'tea',
    price: 1900,
    line: 'Picked in May, steamed within the hour.',
    story:
      'Grassy, sweet and a little salty, from one hillside above Kakegawa. Seventy degrees, one minute; the leaves give three good cups.',
    facts: [
      ['From', 'Kakegawa, Shizuoka'],
      ['Water', '70 °C, one minute'],
      ['Keeps', 'A year in its tin'],
    ],
    alt: 'A green tin of sencha beside a small heap of leaves',
  },
  {
    id: 'bamboo-whisk',
    name: 'Bamboo whisk',
    category: 'tea',
    price: 2400,
    line: 'Eighty tines, split by hand from one piece.',
    story:
      'Whisk in a W, not in a circle, and the foam stands in twenty seconds. Rinse it in warm water only; it will serve about a hundred bowls.',
    facts: [
      ['Tines', '80'],
      ['Made of', 'White bamboo'],
      ['Care', 'Warm water, dry upright'],
    ],
    alt: 'A bamboo matcha whisk standing on its tines',
  },
  {
    id: 'iron-kettle',
    name: 'Iron kettle',
    category: 'tea',
    price: 13200,
    line: 'Cast in sand, heavy in the hand, warm for an hour.',
    story:
      'A new mould for every kettle, so the pattern is a little different on each. Left bare inside; the water softens with the years.',
    facts: [
      ['Holds', '1.2 litres'],
      ['Weighs', '2.1 kg'],
      ['Made of', 'Cast iron, brass knob'],
    ],
    alt: 'A dark cast-iron kettle with a dotted pattern',
  },
  {
    id: 'assam-pouch',
    name: 'Golden-tip Assam, 125 g',
    category: 'tea',
    price: 1150,
    line: 'Malt, honey and a strong shoulder for milk.',
    story:
      'Second flush from a garden of eleven hectares that does its own rolling. Three minutes for the cup, five if there is milk.',
    facts: [
      ['From', 'Jorhat, Assam'],
      ['Water', '95 °C, three minutes'],
      ['Keeps', 'Two years'],
    ],
    alt: 'A russet pouch of tea with a leaf on its label',
  },
  {
    id: 'speckled-tumbler',
    name: 'Speckled tumbler',
    category: 'ceramics',
    price: 2200,
    line: 'No handle: when it is right to hold, it is right to drink.',
    story:
      'Iron in the clay comes through the glaze as freckles. The foot is left raw and polished, so it leaves no ring on the table.',
    facts: [
      ['Holds', '240 ml'],
      ['Made of', 'Stoneware'],
      ['Care', 'Dishwasher, microwave'],
    ],
    alt: 'A tapered tumbler with dark speckles and a terracotta foot',
  },
  {
    id: 'breakfast-mug',
    name: 'Breakfast mug',
    category: 'ceramics',
    price: 2900,
    line: 'Large, blue, and hard to knock over.',
    story:
      'Dipped twice, so the cream glaze runs into the blue in its own way. The handle takes three fingers, or four cold ones.',
    facts: [
      ['Holds', '420 ml'],
      ['Made of', 'Stoneware'],
      ['Care', 'Dishwasher, microwave'],
    ],
    alt: 'A blue mug with a cream glaze running over its rim',
  },
  {
    id: 'matcha-bowl',
    name: 'Matcha bowl',
    category: 'ceramics',
    price: 4200,
    line: 'A wide floor for the whisk, a thick wall for the hands.',
    story:
      'Thrown heavy and trimmed by hand. The glaze is poured over in one go and stops where it likes.',
    facts: [
      ['Across', '12.5 cm'],
      ['Made of', 'Stoneware, tin glaze'],
      ['Care', 'By hand'],
    ],
    alt: 'A wide brown bowl with a running pale glaze, full of matcha',
  },
  {
    id: 'cup-and-saucer',
    name: 'Cup and saucer',
    category: 'ceramics',
    price: 3400,
    line: 'For the second coffee, the one you sit down to.',
    story:
      'The well of the saucer fits the cup and one biscuit beside it. Comes in apricot; other colours follow the season.',
    facts: [
      ['Holds', '180 ml'],
      ['Made of', 'Porcelain'],
      ['Care', 'Dishwasher, microwave'],
    ],
    alt: 'An apricot cup on its saucer with steam rising from the coffee',
  },
  {
    id: 'milk-pitcher',
    name: 'Milk jug',
    category: 'ceramics',
    price: 2700,
    line: 'Pours without a drip, stands without a wobble.',
    story:
      'The lip is pulled thin and bent down a little: that is the whole secret. Good for milk, better for daffodils.',
    facts: [
      ['Holds', '350 ml'],
      ['Made of', 'Stoneware'],
      ['Care', 'Dishwasher'],
    ],
    alt: 'A pale speckled jug with a sage green foot',
  },
];

const byId = new Map(ITEMS.map((item) => [item.id, item]));

/** The item with this id. */
export const findItem = (id: string): Item | undefined => byId.get(id);
/** The category with this slug. */
export const findCategory = (slug: string): Category | undefined =>
  CATEGORIES.find((category) => category.slug === slug);
/** Everything on one shelf. */
export const itemsOf = (slug: string): Item[] => ITEMS.filter((item) => item.category === slug);
/** Path of an item's page. */
export const pathOf = (item: Item): string => `/p/${item.id}`;
/** Path of an item's picture, 800 × 800. */
export const pictureOf = (item: Item): string => `/pictures/${item.id}.svg`;
