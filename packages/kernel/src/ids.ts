const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a text is a UUIDv7 (RFC 9562) in its canonical lower-case form, the only form that the store hands out. */
export const isId = (text: string): boolean => UUID_V7.test(text);
