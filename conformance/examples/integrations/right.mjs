// Done right, in JavaScript: a webhook server, which answers 204 once Weni has the event, else 500, so that the shop
// delivers it again.
//
//   weni-conformance try --explore-faults --start 'node right.mjs' --start-anew \
//     --ready-url 'http://127.0.0.1:{{port}}/health' --to 'http://127.0.0.1:{{port}}/webhook'
//
// Whatever befalls one of its requests, the end is the same and nothing is found. `../careful` explains each decision.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const API = process.env.WENI_URL.replace(/\/+$/, '') + '/api/v2';
const STATE = `${process.env.WENI_SCRATCH ?? '.'}/customers.json`;
const CLUB = 'ab2a8ecb-bd2a-4b3b-a151-92e593428ba3'; // made when the integration was set up
const ATTEMPTS = 6;

// Sends a request until it is answered. None of those below does harm when it is sent twice.
async function call(method, url, body) {
  const headers = { Authorization: `Token ${process.env.WENI_TOKEN}` };
  if (body) headers['Content-Type'] = 'application/json';
  for (let attempt = 1, pause = 200; ; attempt++, pause *= 2) {
    let wait = pause, why;
    try {
      // A redirected POST would go on as a GET, and write nothing.
      const init = { method, headers, body: body && JSON.stringify(body), redirect: 'error', signal: AbortSignal.timeout(5000) };
      const answer = await fetch(url, init);
      const text = await answer.text();
      if (answer.ok) return text && JSON.parse(text);
      if (method === 'DELETE' && answer.status === 404) return null; // it is gone, as it should be
      if (answer.status !== 429 && answer.status < 500) throw Object.assign(new Error(`${answer.status} ${text}`), { refused: true });
      why = `answered ${answer.status}`;
      wait = Number(answer.headers.get('retry-after')) * 1000 || pause;
    } catch (error) {
      // No connection, none any more, no answer in time, half an answer, and what is no JSON.
      if (error.refused) throw error;
      why = error.cause?.message ?? error.message;
    }
    if (attempt === ATTEMPTS) throw new Error(`${method}: ${why}, ${ATTEMPTS} times`);
    await sleep(wait);
  }
}

// The URL, the value escaped: `whatsapp%3A55…`.
const contacts = (lookUp) => `${API}/contacts.json?${new URLSearchParams(lookUp)}`;

// A list to its end: `next` as it came.
async function* allOf(url) {
  while (url) {
    const page = await call('GET', url);
    yield* page.results;
    url = page.next;
  }
}

// The URN that we use; for a number of Brazil also with or without the ninth digit, which GET and DELETE need.
function urns({ phone }) {
  const digits = phone.replace(/^\+/, '');
  const long = digits.match(/^(55\d\d)9(\d{8})$/), short = digits.match(/^(55\d\d)(\d{8})$/);
  const other = long ? long[1] + long[2] : short ? `${short[1]}9${short[2]}` : null;
  return [digits, other].filter(Boolean).map((number) => `whatsapp:${number}`);
}

async function find(person, known) {
  const lookUps = [...(known.contact ? [{ uuid: known.contact }] : []), ...urns(person).map((urn) => ({ urn }))];
  for (const lookUp of lookUps) for await (const contact of allOf(contacts(lookUp))) return contact;
  return null;
}

// POST ?urn= changes the contact or makes it, and finds either form of the number.
const save = async (person, body) => (await call('POST', contacts({ urn: urns(person)[0] }), body)).uuid;

const cut = (text, most) => [...text].slice(0, most).join('');

const customerSaved = (customer) => save(customer, { name: cut(customer.name, 100), fields: { city: cut(customer.city, 640) } });

async function leadChanged(lead, known, at) {
  const body = isAfter(known, 'saved', at) ? {} : { name: cut(lead.name, 100) };
  if (lead.status !== 'won') return save(lead, body);
  // `groups` replaces all memberships: those that there are go along, but for query-based ones, which nobody may set.
  const groups = new Set([CLUB]);
  const fixed = new Set();
  for await (const group of allOf(`${API}/groups.json`)) if (group.query === null) fixed.add(group.uuid);
  const contact = await find(lead, known);
  for (const { uuid } of contact?.groups ?? []) if (fixed.has(uuid)) groups.add(uuid);
  body.groups = [...groups].sort();
  return contact ? (await call('POST', contacts({ uuid: contact.uuid }), body)).uuid : save(lead, body);
}

async function customerDeleted(customer, known) {
  const contact = await find(customer, known);
  if (contact) await call('DELETE', contacts({ uuid: contact.uuid }));
}

const isAfter = (known, kind, at) => known[kind] && Date.parse(known[kind]) > Date.parse(at);

// What happened: as what it is remembered, what was newer and makes it void, and what is done.
const EVENTS = {
  'customer.created': ['saved', ['saved', 'deleted'], customerSaved],
  'customer.updated': ['saved', ['saved', 'deleted'], customerSaved],
  'customer.deleted': ['deleted', ['saved', 'lead'], customerDeleted],
  'lead.status_changed': ['lead', ['lead', 'deleted'], leadChanged],
};

function remembered() {
  try {
    return JSON.parse(readFileSync(STATE, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

async function handle({ event, at, customer, lead }) {
  const [kind, newer, act] = EVENTS[event];
  const person = customer ?? lead;
  const state = remembered();
  const known = (state[person.id] ??= {});
  if (newer.some((other) => isAfter(known, other, at))) return;
  const contact = await act(person, known, at);
  state[person.id] = { ...known, [kind]: at, contact };
  // Beside it and renamed: the old state or the new one, never half of one.
  writeFileSync(`${STATE}.new`, JSON.stringify(state));
  renameSync(`${STATE}.new`, STATE);
}

// One event at a time: what is read of a contact must still hold when it is written.
let before = Promise.resolve();

http.createServer(async (request, response) => {
  if (request.url !== '/webhook') return response.end();
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  before = before.then(() => handle(JSON.parse(text))).then(
    () => response.writeHead(204).end(),
    (error) => {
      console.error(error.message);
      response.writeHead(500).end();
    },
  );
}).listen(process.env.PORT ?? 3000, '127.0.0.1');
