import type { EventEmitter } from 'node:events';

/**
 * Resolves when enough is answered: true; or when no answer has come for too long: false.
 *
 * @param heard emits `answer` for each
 */
export function answered(heard: EventEmitter, silenceMs: number, enough: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = (reached: boolean) => {
      clearTimeout(silence);
      heard.off('answer', check);
      resolve(reached);
    };
    const silence = setTimeout(() => stop(false), silenceMs);
    const check = () => {
      silence.refresh();
      if (enough()) stop(true);
    };
    heard.on('answer', check);
    check();
  });
}
