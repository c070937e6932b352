import { describe, expect, it } from '@jest/globals';
import { contactOf } from './contact.ts';

describe('where the outcome of an order is sent to', () => {
  it('is its contact', () => {
    expect(contactOf({ contact: 'new@example.com', email: 'old@example.com' })).toBe('new@example.com');
  });

  it('is its email, where it was placed before there was a contact', () => {
    expect(contactOf({ contact: '', email: 'old@example.com' })).toBe('old@example.com');
  });
});
