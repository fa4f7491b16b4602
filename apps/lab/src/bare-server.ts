import express from 'express';
import pg from 'pg';

/**
 * What the monolith's product read is measured against: Express and pg with nothing around them, answering the same
 * rows as the same JSON. Settings: PORT, POSTGRES_URL, STATEMENT.
 */
const { PORT, POSTGRES_URL, STATEMENT = '', PARENT_PIPE } = process.env;
const pool = new pg.Pool({ connectionString: POSTGRES_URL, max: 10 });
const app = express();

app.get('/readyz', (_req, res) => void res.sendStatus(200));
app.get('/api/products/:sku', async (req, res) => {
  const { rows } = await pool.query({ name: 'product', text: STATEMENT, values: [req.params.sku] });
  const row = rows[0];
  res.json({
    sku: row.sku,
    name: row.name,
    description: row.description,
    category: row.category,
    price: { amount: Number(row.price_amount), currency: row.currency },
    image: row.image ?? `/images/${row.sku}.svg`,
    attributes: row.attributes,
    available: Number(row.on_hand),
  });
});
app.listen(Number(PORT));

process.on('SIGTERM', () => process.exit(0));
if (PARENT_PIPE === '1') process.stdin.resume().once('end', () => process.exit(0));
