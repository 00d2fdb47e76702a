import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startCommand } from '../bridge/support/command';
import { json } from '../bridge/support/http';
import { startStage } from './provider-stage';
import { describeWithBroker } from './with-broker';

const ASKED = '{"data": "[29, 29]"}';

describeWithBroker('replay from a parking queue', (broker) => {
  const replay = (...flags: string[]) => {
    const passwordFile = path.join(broker().directory, 'replay-password');
    writeFileSync(passwordFile, 'guest');
    const url = `amqp://127.0.0.1:${broker().port}`;
    return startCommand('replay', '--broker', url, '--username', 'guest', '--password-file', passwordFile, ...flags)
      .ended;
  };

  it('puts requests back to where they came from, as they came', async () => {
    let works = false;
    const { requester, to, name, model } = await startStage(broker(), {
      route: { reply: { queue: 'replayed-answers' } },
      answer: (response) => json(response, { works }, works ? 200 : 422),
    });
    await requester.publish({ ...to, correlationId: 'c-1', headers: { RqUID: 'r-1' } }, ASKED);
    await expect(requester.next('replayed-answers')).resolves.toMatchObject({ headers: { status: '422' } });
    await expect.poll(() => requester.count(`${name}.parked`), { timeout: 10_000 }).toBe(1);
    works = true;

    const { code, stdout } = await replay('--from', `${name}.parked`);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'put back 1 request(s)\n' });
    const answer = await requester.next('replayed-answers');
    expect(answer).toMatchObject({ correlationId: 'c-1', headers: { status: '200', RqUID: 'r-1' } });
    expect(model.requests.map(({ body }) => body)).toEqual([ASKED, ASKED]);
    expect(await requester.count(`${name}.parked`)).toBe(0);
  }, 60_000);

  it('puts back what the broker parked itself', async () => {
    const { requester, to, name, provider } = await startStage(broker());
    await provider.stop();
    await requester.publish({ ...to, correlationId: 'c-1', expiration: '1' }, ASKED);
    await expect.poll(() => requester.count(`${name}.parked`), { timeout: 10_000 }).toBe(1);

    await expect(replay('--from', `${name}.parked`)).resolves.toMatchObject({ code: 0 });

    const { correlationId, headers } = await requester.next(name);
    expect({ correlationId, headers }).toEqual({ correlationId: 'c-1', headers: {} });
  }, 60_000);

  it('leaves there what it cannot put back, and what is behind it', async () => {
    const { requester } = await startStage(broker());
    await requester.connection.queueDeclare({ queue: 'strange', durable: true });
    await requester.publish({ routingKey: 'strange', correlationId: 'c-9' }, ASKED);
    await requester.publish({ routingKey: 'strange' }, ASKED);

    const { code, stderr } = await replay('--from', 'strange');

    expect(code).toBe(1);
    expect(stderr).toContain('request c-9 cannot be put back: nothing in it says where it came from');
    await expect.poll(() => requester.count('strange'), { timeout: 10_000 }).toBe(2);
  }, 60_000);
});
