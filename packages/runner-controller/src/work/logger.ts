type Log = { (fields: object, message: string): void; (message: string): void };

/** The part of pino that the bus writes to. */
export interface Logger { info: Log; warn: Log; error: Log }
