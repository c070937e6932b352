import type { OrderPlaced } from './generated/orders.events.messages.ts';

/** Where the outcome of an order is sent to. Events from before there was `contact` have it in `email` alone. */
export const contactOf = ({ contact, email }: Pick<OrderPlaced['data'], 'contact' | 'email'>): string =>
  contact === '' ? email : contact;
