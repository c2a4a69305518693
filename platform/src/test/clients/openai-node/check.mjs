// What a client of ours does, with OpenAI's own library: any difference from OpenAI's wire shape
// that matters to it fails here. Usage: BASE_URL=... API_KEY=... MODEL=... node check.mjs
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const model = process.env.MODEL;
const client = new OpenAI({
  baseURL: process.env.BASE_URL,
  apiKey: process.env.API_KEY,
  maxRetries: 0,
});
const messages = [{ role: 'user', content: 'hello' }];
const schema = {
  type: 'object',
  properties: {
    city: { type: 'string', maxLength: 10 },
    days: { type: 'integer', minimum: 1, maximum: 7 },
  },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tools = [{ type: 'function', function: { name: 'weather', parameters: schema } }];

function assertFits(text) {
  const value = JSON.parse(text);
  assert.deepEqual(Object.keys(value), ['city', 'days']);
  assert.ok([...value.city].length <= 10);
  assert.ok(Number.isInteger(value.days) && value.days >= 1 && value.days <= 7);
}

async function refused(call, status, code) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    assert.equal(error.status, status);
    if (code) {
      assert.equal(error.code, code);
    }
    assert.ok(error.message.length > 0);
    return true;
  });
}

const checks = {
  async models() {
    const ids = [];
    for await (const entry of client.models.list()) {
      ids.push(entry.id);
    }
    assert.ok(ids.includes(model));
    assert.equal((await client.models.retrieve(model)).object, 'model');
  },

  async chat() {
    const answer = await client.chat.completions.create({ model, messages, max_tokens: 6 });
    assert.equal(answer.object, 'chat.completion');
    assert.equal(answer.choices[0].message.role, 'assistant');
    assert.equal(typeof answer.choices[0].message.content, 'string');
    assert.ok(['stop', 'length'].includes(answer.choices[0].finish_reason));
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
    assert.equal(prompt_tokens + completion_tokens, total_tokens);
  },

  async stream() {
    const stream = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 8,
      seed: 3,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
    assert.equal(new Set(chunks.map((chunk) => chunk.created)).size, 1);
    const usage = chunks.at(-1);
    assert.deepEqual(usage.choices, []);
    assert.ok(usage.usage.completion_tokens >= 0);
    const finish = chunks.at(-2);
    assert.deepEqual(finish.choices[0].delta, {});
    assert.ok(['stop', 'length'].includes(finish.choices[0].finish_reason));
    assert.ok(chunks.slice(0, -2).every((chunk) => chunk.choices[0].finish_reason === null));
  },

  async streamWithoutUsage() {
    const stream = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 2,
      stream: true,
    });
    for await (const chunk of stream) {
      assert.equal(chunk.choices.length, 1);
      assert.equal(chunk.usage ?? null, null);
    }
  },

  async streamHelper() {
    const runner = client.chat.completions.stream({ model, messages, max_tokens: 8 });
    const content = await runner.finalContent();
    const final = await runner.finalChatCompletion();
    assert.equal(final.choices[0].message.content, content);
  },

  async schema() {
    const answer = await client.chat.completions.parse({
      model,
      messages,
      max_tokens: 60,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'trip', strict: true, schema },
      },
    });
    assertFits(answer.choices[0].message.content);
    assert.equal(answer.choices[0].finish_reason, 'stop');
  },

  async jsonMode() {
    const answer = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 40,
      response_format: { type: 'json_object' },
    });
    assert.equal(typeof JSON.parse(answer.choices[0].message.content), 'object');
  },

  async tool() {
    const answer = await client.chat.completions.create({
      model,
      messages,
      tools,
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    const { message, finish_reason } = answer.choices[0];
    assert.equal(finish_reason, 'tool_calls');
    assert.equal(message.tool_calls[0].function.name, 'weather');
    assertFits(message.tool_calls[0].function.arguments);

    const next = await client.chat.completions.create({
      model,
      messages: [
        ...messages,
        message,
        { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'sunny' },
      ],
      tools,
      max_tokens: 40,
    });
    assert.equal(next.choices.length, 1);
  },

  async toolStream() {
    const runner = client.chat.completions.stream({
      model,
      messages,
      tools,
      tool_choice: 'required',
    });
    const final = await runner.finalChatCompletion();
    const call = final.choices[0].message.tool_calls[0];
    assert.equal(call.type, 'function');
    assert.equal(call.function.name, 'weather');
    assertFits(call.function.arguments);
    assert.equal(final.choices[0].finish_reason, 'tool_calls');
  },

  async runTools() {
    let asked = 0;
    const weather = (text) => {
      asked++;
      assertFits(text);
      return 'sunny';
    };
    const runner = client.chat.completions.runTools(
      {
        model,
        messages,
        tool_choice: { type: 'function', function: { name: 'weather' } },
        tools: [{ type: 'function', function: { ...tools[0].function, function: weather } }],
      },
      { maxChatCompletions: 1 },
    );
    await runner.done();
    assert.equal(asked, 1);
  },

  async embeddings() {
    // Without encoding_format the client asks for base64 and unpacks it.
    const packed = await client.embeddings.create({ model, input: ['one', 'two'] });
    const plain = await client.embeddings.create({
      model,
      input: ['one', 'two'],
      encoding_format: 'float',
    });
    assert.equal(packed.data.length, 2);
    packed.data[1].embedding.forEach((number, i) =>
      assert.ok(Math.abs(number - plain.data[1].embedding[i]) < 1e-5),
    );
    assert.equal(packed.usage.prompt_tokens, packed.usage.total_tokens);
    const short = await client.embeddings.create({ model, input: 'one', dimensions: 3 });
    assert.equal(short.data[0].embedding.length, 3);
    const probe = await client.embeddings.create({
      model,
      input: 'one',
      hartonomous: { space: 'probe' },
    });
    assert.equal(probe.data[0].embedding.length, 1536);
    assert.equal(probe.hartonomous.space, 'probe');
  },

  async errors() {
    await refused(
      () => client.chat.completions.create({ model: 'nobody', messages }),
      404,
      'model_not_found',
    );
    await refused(() => client.chat.completions.create({ model, messages, temperature: 9 }), 400);
    await refused(
      () =>
        client.chat.completions.create({
          model,
          messages: [{ role: 'user', content: '¶'.repeat(3000) }],
        }),
      400,
      'context_length_exceeded',
    );
    const stranger = new OpenAI({ baseURL: client.baseURL, apiKey: 'nobody', maxRetries: 0 });
    await refused(() => stranger.models.list(), 401);
    // What fails before the first token of a stream has its status too.
    await refused(
      () => client.chat.completions.create({ model: 'nobody', messages, stream: true }),
      404,
    );
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}: ${error.stack}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
