import { domainToASCII } from 'node:url';
import validator from 'validator';
import { z } from 'zod';

/**
 * Whether mail can be sent to it: an address by RFC 5321, or by RFC 6531 where it is not ASCII, at a domain that DNS can have
 * (UTS 46). Without comments, quotes, address literals, domains of one label, and characters that nobody sees.
 */
const isAddress = (text: string) =>
  validator.isEmail(text, { blacklisted_chars: '"' }) &&
  !/\p{C}/u.test(text) &&
  domainToASCII(text.slice(text.lastIndexOf('@') + 1)) !== '';

export const email = z
  .string()
  .refine(isAddress, 'must be an e-mail address')
  .meta({ format: 'idn-email', maxLength: 254, examples: ['ada@example.com', 'jörg@bücher.example'] });
