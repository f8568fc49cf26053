// Twilio's own library as the other side of a test: reads a question from the first file, writes its answer to the second.
// Started by Burqi.Testing.TwilioLibrary.
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import twilio from 'twilio';

const { VoiceResponse } = twilio.twiml;

// What the library's types allow: { Stream: { track: { list: false, values: ['inbound_track', …] } }, … }
function readSchema() {
  const text = readFileSync(createRequire(import.meta.url).resolve('twilio/lib/twiml/VoiceResponse.d.ts'), 'utf8');
  const enums = {};
  for (const [, name, body] of text.matchAll(/^ {4}type (\w+) = ((?:"[^"]*"[\s|]*)+);/gm)) {
    enums[name] = [...body.matchAll(/"([^"]*)"/g)].map((match) => match[1]);
  }

  const schema = {};
  for (const [, noun, body] of text.matchAll(/^ {4}(?:export )?interface (\w+)Attributes \{([\s\S]*?)^ {4}\}/gm)) {
    schema[noun] = {};
    for (const [, attribute, type] of body.matchAll(/^ {8}"?([\w-]+)"?\??: ([^;]+);/gm)) {
      const element = type.replace(/\[\]$/, '');
      schema[noun][attribute] = { list: type.endsWith('[]'), values: enums[element] };
    }
  }

  return schema;
}

const commands = {
  // Signs requests as Twilio does.
  sign: ({ requests }) => requests.map(({ token, url, form, body }) => {
    if (body === undefined || body === null) {
      return { url, signature: twilio.getExpectedTwilioSignature(token, url, form ?? {}) };
    }

    const signed = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${twilio.getExpectedBodyHash(body)}`;
    return { url: signed, signature: twilio.getExpectedTwilioSignature(token, signed, {}) };
  }),

  // Says of each request whether the library would let it in.
  validate: ({ requests }) => requests.map(({ token, url, form, signature }) => twilio.validateRequest(token, signature, url, form ?? {})),

  // Builds the same document again with the library's classes; names what its types do not allow.
  twiml: ({ document }) => {
    const schema = readSchema();
    const problems = [];
    const add = (parent, { name, attributes, text, children }) => {
      const method = name[0].toLowerCase() + name.slice(1);
      if (typeof parent[method] !== 'function') {
        problems.push(`<${name}> may not stand there`);
        return;
      }

      const given = {};
      for (const [attribute, value] of Object.entries(attributes)) {
        const known = schema[name]?.[attribute];
        if (!known) {
          problems.push(`<${name}> has no attribute ${attribute}`);
          continue;
        }

        const items = known.list ? value.split(' ') : [value];
        problems.push(...items.filter((item) => known.values && !known.values.includes(item)).map((item) => `${attribute} of <${name}> is never ${item}`));
        given[attribute] = known.list ? items : value;
      }

      const child = text ? parent[method](given, text) : parent[method](given);
      children.forEach((grandchild) => add(child, grandchild));
    };

    const response = new VoiceResponse();
    document.children.forEach((child) => add(response, child));
    return { xml: response.toString(), problems };
  },

  // The answer to a call that is streamed, recorded and put through, as somebody would write it who reads Twilio's documentation.
  voice: ({ name, host, parameters, callerId, number }) => {
    const override = '#rc=5&rp=all';
    const response = new VoiceResponse();
    const stream = response.start().stream({
      name,
      url: `wss://${host}/twilio/media-stream`,
      track: 'both_tracks',
      statusCallback: `https://${host}/twilio/stream-status${override}`,
      statusCallbackMethod: 'POST',
    });
    Object.entries(parameters).forEach(([key, value]) => stream.parameter({ name: key, value }));
    response.start().recording({
      channels: 'dual',
      track: 'both',
      trim: 'do-not-trim',
      recordingStatusCallback: `https://${host}/twilio/recording-status${override}`,
      recordingStatusCallbackMethod: 'POST',
      recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
    });
    response.dial({ callerId }).number({
      statusCallback: `https://${host}/twilio/call-status${override}`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      statusCallbackMethod: 'POST',
    }, number);
    return response.toString();
  },

  // Reads an access token for voice, says whether the secret signed it, and makes the same with the library's own class.
  token: ({ token, accountSid, apiKey, secret, appSid, identity }) => {
    const [header, payload, signature] = token.split('.');
    const read = (text) => {
      const [first, second] = text.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
      return { header: Object.fromEntries(Object.entries(first).sort()), payload: second };
    };
    const { AccessToken } = twilio.jwt;
    const theirs = new AccessToken(accountSid, apiKey, secret, { identity, ttl: 900 });
    theirs.addGrant(new AccessToken.VoiceGrant({ outgoingApplicationSid: appSid }));
    return {
      verified: createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url') === signature,
      ours: read(token),
      theirs: read(theirs.toJwt()),
    };
  },

  // Runs steps against a REST API that stands in for api.twilio.com; the answer to each is its result or its error.
  rest: async ({ baseUrl, accountSid, user, password, steps }) => {
    class Elsewhere extends twilio.RequestClient {
      request(options) {
        return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', baseUrl) });
      }
    }

    const client = twilio(user, password, { accountSid, httpClient: new Elsewhere() });
    const dates = (options) => Object.fromEntries(Object.entries(options ?? {}).map(([key, value]) => [key, /^(date|startTime|endTime)/.test(key) ? new Date(value) : value]));
    const plain = (instance) => JSON.parse(JSON.stringify(instance));
    const run = {
      list: async ({ options }) => (await client.recordings.list(dates(options))).map(plain),
      listOfCall: async ({ call, options }) => (await client.calls(call).recordings.list(dates(options))).map(plain),
      fetch: async ({ recording, options }) => plain(await client.recordings(recording).fetch(options)),
      remove: ({ recording }) => client.recordings(recording).remove(),
      fetchAccount: async () => plain(await client.api.v2010.accounts(accountSid).fetch()),
      listNumbers: async ({ options }) => (await client.incomingPhoneNumbers.list(options)).map(plain),
      listCalls: async ({ options }) => (await client.calls.list(dates(options))).map(plain),
      fetchCall: async ({ call }) => plain(await client.calls(call).fetch()),
      start: async ({ call, options }) => plain(await client.calls(call).recordings.create(options)),
      update: async ({ call, recording, options }) => plain(await client.calls(call).recordings(recording).update(options)),
      hangUp: async ({ call }) => plain(await client.calls(call).update({ status: 'completed' })),
    };
    const results = [];
    for (const step of steps) {
      try {
        results.push({ result: await run[step.do](step) });
      } catch (error) {
        results.push({ error: { status: error.status, code: error.code, message: error.message } });
      }
    }

    return results;
  },
};

const [, , questionFile, answerFile] = process.argv;
const { command, ...question } = JSON.parse(readFileSync(questionFile, 'utf8'));
writeFileSync(answerFile, JSON.stringify(await commands[command](question)));
