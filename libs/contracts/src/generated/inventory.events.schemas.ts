// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

export const ProductAddedV1 = {
  "type": "record",
  "name": "ProductAdded",
  "namespace": "atelier.inventory",
  "doc": "A product is in the catalogue.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "name",
      "type": "string",
      "doc": "What people call the product."
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
    },
    {
      "name": "onHand",
      "type": "int",
      "doc": "Pieces on the shelf at the start."
    }
  ]
} as const;

export const ProductAdditionRefusedV1 = {
  "type": "record",
  "name": "ProductAdditionRefused",
  "namespace": "atelier.inventory",
  "doc": "A product was not added.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "already-added, id-too-long, invalid-quantity, invalid-price, unknown-currency or idempotency-key-reused."
    }
  ]
} as const;

export const StockReceiptRefusedV1 = {
  "type": "record",
  "name": "StockReceiptRefused",
  "namespace": "atelier.inventory",
  "doc": "No pieces were put on the shelf.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "unknown-product, invalid-quantity, stock-too-large or idempotency-key-reused."
    }
  ]
} as const;

export const StockReceivedV1 = {
  "type": "record",
  "name": "StockReceived",
  "namespace": "atelier.inventory",
  "doc": "Pieces were put on the shelf.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces received."
    }
  ]
} as const;

export const StockReleasedV1 = {
  "type": "record",
  "name": "StockReleased",
  "namespace": "atelier.inventory",
  "doc": "An order holds nothing of this product any more.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that gave them back, as a UUID."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces given back; 0 when nothing was held, and from now on nothing will be."
    }
  ]
} as const;

export const StockReservationRefusedV1 = {
  "type": "record",
  "name": "StockReservationRefused",
  "namespace": "atelier.inventory",
  "doc": "No pieces are held for an order by this request.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that asked, as a UUID."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces asked for."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "out-of-stock, unknown-product, already-released, already-reserved, invalid-quantity or idempotency-key-reused."
    }
  ]
} as const;

export const StockReservedV1 = {
  "type": "record",
  "name": "StockReserved",
  "namespace": "atelier.inventory",
  "doc": "Pieces on the shelf are held for an order.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that the pieces are for, as a UUID."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces held."
    }
  ]
} as const;

export const StockShipmentRefusedV1 = {
  "type": "record",
  "name": "StockShipmentRefused",
  "namespace": "atelier.inventory",
  "doc": "An order held nothing that could leave the shelf.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that asked, as a UUID."
    },
    {
      "name": "reason",
      "type": "string",
      "doc": "not-reserved, unknown-product or idempotency-key-reused."
    }
  ]
} as const;

export const StockShippedV1 = {
  "type": "record",
  "name": "StockShipped",
  "namespace": "atelier.inventory",
  "doc": "The pieces that an order held left the shelf.",
  "fields": [
    {
      "name": "sku",
      "type": "string",
      "doc": "The product's stock keeping unit."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order that got them, as a UUID."
    },
    {
      "name": "quantity",
      "type": "int",
      "doc": "Pieces shipped."
    }
  ]
} as const;
