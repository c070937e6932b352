/** The field of every message of a topic whose value is the record's key: the id of the aggregate. */
export const topicKeys: Readonly<Record<string, string>> = {
  'dead-letters.commands': 'deadLetterId',
  'dead-letters.events': 'deadLetterId',
  'inventory.commands': 'sku',
  'inventory.events': 'sku',
  'orders.commands': 'orderId',
  'orders.events': 'orderId',
  'redrive-jobs.commands': 'jobId',
  'redrive-jobs.events': 'jobId',
  'transactions.commands': 'transaction',
  'transactions.events': 'transaction',
};
