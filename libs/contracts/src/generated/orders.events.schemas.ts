// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const LineRefusedV1 = {
  "type": "record",
  "name": "LineRefused",
  "namespace": "atelier.orders",
  "doc": "The pieces of one line cannot be had.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "sku",
      "type": "string",
      "doc": "The line's product."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "The inventory's reason, like out-of-stock or unknown-product."
    }
  ]
} as const;

export const LineReservedV1 = {
  "type": "record",
  "name": "LineReserved",
  "namespace": "atelier.orders",
  "doc": "The pieces of one line are held for the order.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "sku",
      "type": "string",
      "doc": "The line's product."
    }
  ]
} as const;

export const OrderCancellationRefusedV1 = {
  "type": "record",
  "name": "OrderCancellationRefused",
  "namespace": "atelier.orders",
  "doc": "An order was not cancelled.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "What it is already: confirmed, rejected or cancelled; or unknown-order, or idempotency-key-reused."
    }
  ]
} as const;

export const OrderCancelledV1 = {
  "type": "record",
  "name": "OrderCancelled",
  "namespace": "atelier.orders",
  "doc": "The customer or the clock ended a pending order: it is settled and holds nothing any more.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "The client's words, or expired."
    }
  ]
} as const;

export const OrderCancelledV2 = {
  "type": "record",
  "name": "OrderCancelled",
  "namespace": "atelier.orders",
  "doc": "The customer or the clock ended a pending order: it is settled and holds nothing any more.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "The client's words, or, where the platform cancelled it: expired. Only cancelledBy tells which."
    },
    {
      "name": "cancelledBy",
      "type": [
        "null",
        "string"
      ],
      "default": null,
      "doc": "customer or platform; null in events from before there was this field."
    }
  ]
} as const;

export const OrderConfirmedV1 = {
  "type": "record",
  "name": "OrderConfirmed",
  "namespace": "atelier.orders",
  "doc": "Every line is reserved: the order is settled and its pieces may leave the shelf.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    }
  ]
} as const;

export const OrderExpiryRefusedV1 = {
  "type": "record",
  "name": "OrderExpiryRefused",
  "namespace": "atelier.orders",
  "doc": "An order was settled before its time was up.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "What it is already: confirmed, rejected or cancelled; or unknown-order, or idempotency-key-reused."
    }
  ]
} as const;

export const OrderPlacedV1 = {
  "type": "record",
  "name": "OrderPlaced",
  "namespace": "atelier.orders",
  "doc": "A customer placed an order. It is pending until every line is answered.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    }
  ]
} as const;

export const OrderPlacedV2 = {
  "type": "record",
  "name": "OrderPlaced",
  "namespace": "atelier.orders",
  "doc": "A customer placed an order. It is pending until every line is answered.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    },
    {
      "name": "channel",
      "type": {
        "type": "enum",
        "name": "Channel",
        "namespace": "atelier.orders",
        "doc": "Where an order came in.",
        "symbols": [
          "web",
          "store",
          "phone"
        ],
        "default": "web"
      },
      "default": "web",
      "doc": "Where it came in; web of all from before there was another channel."
    }
  ]
} as const;

export const OrderPlacedV3 = {
  "type": "record",
  "name": "OrderPlaced",
  "namespace": "atelier.orders",
  "doc": "A customer placed an order. It is pending until every line is answered.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "What contact says: for readers from before there was contact."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    },
    {
      "name": "channel",
      "type": {
        "type": "enum",
        "name": "Channel",
        "namespace": "atelier.orders",
        "doc": "Where an order came in.",
        "symbols": [
          "web",
          "store",
          "phone"
        ],
        "default": "web"
      },
      "default": "web",
      "doc": "Where it came in; web of all from before there was another channel."
    },
    {
      "name": "contact",
      "type": "string",
      "default": "",
      "doc": "Where the outcome is sent to. Empty in events from before there was this field: email says it there."
    }
  ]
} as const;

export const OrderPlacementRefusedV1 = {
  "type": "record",
  "name": "OrderPlacementRefused",
  "namespace": "atelier.orders",
  "doc": "An order was not placed; whatever the order was before, it still is.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "already-placed, id-too-long, idempotency-key-reused, or what is wrong with the lines: no-lines, invalid-quantity, invalid-price, duplicate-sku, mixed-currencies, unknown-currency, total-too-large."
    }
  ]
} as const;

export const OrderRejectedV1 = {
  "type": "record",
  "name": "OrderRejected",
  "namespace": "atelier.orders",
  "doc": "A line cannot be had: the order is settled and holds nothing any more.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "Who ordered, as the client named them."
    },
    {
      "name": "email",
      "type": "string",
      "doc": "Where the outcome is sent to."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "The refused line's reason, like out-of-stock."
    }
  ]
} as const;

export const OrderSubmittedV1 = {
  "type": "record",
  "name": "OrderSubmitted",
  "namespace": "atelier.orders",
  "doc": "A customer placed an order. It is pending until every line is answered.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "customer",
      "type": {
        "type": "record",
        "name": "Customer",
        "namespace": "atelier.orders",
        "doc": "Who ordered.",
        "fields": [
          {
            "name": "id",
            "type": "string",
            "doc": "As the client named them."
          },
          {
            "name": "contact",
            "type": "string",
            "doc": "Where the outcome is sent to."
          }
        ]
      },
      "doc": "Who ordered."
    },
    {
      "name": "lines",
      "type": {
        "type": "array",
        "items": {
          "type": "record",
          "name": "OrderLine",
          "namespace": "atelier.orders",
          "doc": "One product of an order, at the price that was promised.",
          "fields": [
            {
              "name": "sku",
              "type": "string",
              "doc": "The product; each order names it once."
            },
            {
              "name": "quantity",
              "type": "int",
              "doc": "Pieces, at least 1."
            },
            {
              "name": "unitPrice",
              "type": {
                "type": "record",
                "name": "Money",
                "namespace": "atelier",
                "doc": "An amount of money, exact: never a floating-point number.",
                "fields": [
                  {
                    "name": "amount",
                    "type": "long",
                    "doc": "In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen."
                  },
                  {
                    "name": "currency",
                    "type": "string",
                    "doc": "ISO 4217 code in capitals, like EUR."
                  }
                ]
              },
              "doc": "Price of one piece."
            }
          ]
        }
      },
      "doc": "In the client's order, each sku once."
    },
    {
      "name": "total",
      "type": "atelier.Money",
      "doc": "Sum of quantity times unit price over all lines."
    },
    {
      "name": "channel",
      "type": {
        "type": "enum",
        "name": "Channel",
        "namespace": "atelier.orders",
        "doc": "Where an order came in.",
        "symbols": [
          "web",
          "store",
          "phone"
        ],
        "default": "web"
      },
      "doc": "Where it came in."
    }
  ]
} as const;

export const ReservationRecordingRefusedV1 = {
  "type": "record",
  "name": "ReservationRecordingRefused",
  "namespace": "atelier.orders",
  "doc": "An answer of the inventory changed nothing, because the order did not wait for it.",
  "fields": [
    {
      "name": "orderId",
      "type": "string",
      "doc": "UUID of the order."
    },
    {
      "name": "sku",
      "type": "string",
      "doc": "The product that was answered."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "What the order is already: confirmed, rejected or cancelled; or already-answered, unknown-line, unknown-order, idempotency-key-reused."
    }
  ]
} as const;
