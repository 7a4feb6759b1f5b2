// A webhook server: each event of the shop becomes a request to Weni, which is tried three times.
import http from 'node:http';

const BASE = `${process.env.WENI_URL}/api/v2`;
const headers = { Authorization: `Token ${process.env.WENI_TOKEN}`, 'Content-Type': 'application/json' };

async function weni(method, path, body, tries = 3) {
  for (let i = 1; ; i++) {
    try {
      const res = await fetch(BASE + path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(2000) });
      if (res.status === 429 || res.status >= 500) throw new Error(`HTTP ${res.status}`);
      return res;
    } catch (error) {
      if (i >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * i));
    }
  }
}

const digits = (phone) => phone.replace(/\D/g, '');
const byPhone = (person) => `/contacts.json?urn=whatsapp:${digits(person.phone)}`;

const handlers = {
  'customer.created': ({ customer: c }) =>
    weni('POST', '/contacts.json', { name: c.name, urns: [`mailto:${c.email}`, `ext:${c.id}`], fields: { city: c.city } }),
  'customer.updated': ({ customer: c }) => weni('POST', byPhone(c), { name: c.name, language: 'pt-BR', fields: { city: c.city } }),
  'customer.deleted': ({ customer: c }) => weni('DELETE', byPhone(c)),
  'lead.status_changed': ({ lead: l }) => weni('POST', byPhone(l), { name: l.name, groups: l.status === 'won' ? ['Clube do Grão'] : [] }),
};

http
  .createServer((req, res) => {
    if (req.method === 'GET') return res.end('ok');
    let body = '';
    req.on('data', (part) => (body += part));
    req.on('end', async () => {
      try {
        const event = JSON.parse(body);
        const answer = await handlers[event.event](event);
        if (!answer.ok) console.error(event.event, answer.status, await answer.text());
        res.writeHead(200).end();
      } catch (error) {
        console.error(error.message);
        res.writeHead(500).end();
      }
    });
  })
  .listen(process.env.PORT ?? 3000);
