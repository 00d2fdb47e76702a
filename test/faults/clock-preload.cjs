// Moves the wall clock of the process it is loaded into, by so many milliseconds as the parent says. Timers and
// `performance.now()` go on as they did.
let movedMs = 0;

process.on('message', ({ moveMs }) => {
  movedMs += moveMs;
});
process.channel?.unref();

globalThis.Date = new Proxy(Date, {
  apply: (RealDate) => new RealDate(RealDate.now() + movedMs).toString(),
  construct: (RealDate, args) => new RealDate(...(args.length === 0 ? [RealDate.now() + movedMs] : args)),
  get: (RealDate, name) => (name === 'now' ? () => RealDate.now() + movedMs : Reflect.get(RealDate, name)),
});
