/** What a newcomer needs once the platform is ready. */
export const welcome = (gateway: string, mailbox: string): string => `
ready

  gateway    ${gateway}
  API docs   ${gateway}/docs
  mailbox    ${mailbox}

  Place an order:

    curl -i ${gateway}/v1/orders \\
      -H 'Content-Type: application/json' -H 'Prefer: wait=10' \\
      -d '{"customerId":"ada","email":"ada@example.com","lines":[{"sku":"EASEL-01","quantity":1},{"sku":"BRUSH-01","quantity":3}]}'

  Ctrl-C stops everything and keeps the data.
`;
