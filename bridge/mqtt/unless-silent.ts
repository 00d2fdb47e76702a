import type { MqttClient, Packet } from 'mqtt';
import { LinkError } from '../operations/link-error';

/** Pings within the time that a broker is given. */
const PINGS = 4;

/**
 * What a promise of the broker's resolves with, unless the broker has forgotten it.
 *
 * Time alone does not tell: the answer to SUBSCRIBE comes behind the whole backlog of a resumed session, and while the
 * bridge holds back reading, nothing comes at all. So the broker is pinged, and has forgotten when it answers pings for
 * so long, and sends nothing else in between.
 *
 * @throws LinkError
 */
export function unlessSilent<T>(client: MqttClient, patienceMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let silentSince: number | undefined;
    const heard = ({ cmd }: Packet) => {
      if (cmd !== 'pingresp') {
        silentSince = undefined;
        return;
      }
      silentSince ??= performance.now();
      if (performance.now() - silentSince < patienceMs) return;
      over();
      const seconds = Math.round(patienceMs / 1000);
      reject(new LinkError('silent', `the broker answers pings, and for ${seconds} s has not answered SUBSCRIBE`));
    };
    const pinging = setInterval(() => client.connected && client.sendPing(), patienceMs / PINGS);
    const over = () => {
      clearInterval(pinging);
      client.off('packetreceive', heard);
    };
    client.on('packetreceive', heard).once('close', over);
    answer.then(resolve, reject).finally(over);
  });
}
