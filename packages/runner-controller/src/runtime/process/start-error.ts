/** A part of the process runtime cannot start. The message is one sentence that says what to do. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
}
