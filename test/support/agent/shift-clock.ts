/** `node --import` this: the process' wall clock is `CLOCK_SHIFT_MS` away from everybody else's. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
const now = Date.now.bind(Date);
Date.now = () => now() + shiftMs;
