// Fastify: cookie, look-up, JSON. Debian's Node has no SQLite of its own, and a native module would
// have to be compiled; sql.js has Postern's file whole in memory, which is in its favour.
//
//   node session.mjs SOCKET DATABASE
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import cookies from '@fastify/cookie';
import fastify from 'fastify';
import initialize from 'sql.js';

const [socket, file] = process.argv.slice(2);
const bytes = readFileSync(file);
bytes[18] = bytes[19] = 1; // in memory there is no WAL
const { Database } = await initialize();
const find = new Database(bytes).prepare(
  `SELECT account.id, account.email, account.name, session.created_at, session.ends_at
   FROM session JOIN account ON account.id = session.account_id WHERE session.key = ?
   AND session.last_seen_at + session.idle > ? AND account.state = 'active'`);

const app = fastify();
await app.register(cookies);
app.get('/session', (request, reply) => {
  const key = createHash('sha256').update(Buffer.from(request.cookies.postern ?? '', 'base64url')).digest();
  find.bind([key, Math.floor(Date.now() / 1000)]);
  const row = find.step() ? find.get() : null;
  find.reset();
  if (!row) return reply.code(401).send({ error: 'sign in' });
  const [id, email, name, created_at, expires_at] = row;
  return { account: { id: String(id), email, name }, session: { created_at, expires_at } };
});
await app.listen({ path: socket });
