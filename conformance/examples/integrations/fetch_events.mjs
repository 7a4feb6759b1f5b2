// One event on standard input, sent on with fetch; written from the memory of other APIs.
let text = '';
for await (const part of process.stdin) text += part;
const event = JSON.parse(text);
const person = event.customer ?? event.lead;

const api = async (method, path, body) => {
  const res = await fetch(`${process.env.WENI_URL}/api/v2/${path}`, {
    method,
    headers: { authorization: `Token ${process.env.WENI_TOKEN}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const answer = res.status === 204 ? null : await res.json();
  if (!res.ok) console.error(method, res.status, JSON.stringify(answer));
  return answer;
};

const phone = person.phone.replace('+', '');

if (event.event === 'customer.deleted') {
  const { results } = await api('GET', `contacts.json?phone=${phone}`);
  if (results.length) await api('DELETE', `contacts.json?uuid=${results[0].uuid}`);
} else {
  const found = await api('GET', `contacts?urn=whatsapp:${phone}`);
  const contact = found[0];
  const body = { name: person.name, custom_fields: { city: person.city }, urns: [`whatsapp:${phone}`] };
  await api('POST', `contacts.json?id=${contact?.uuid ?? person.id}`, body);
}
