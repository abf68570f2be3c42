"""Adobe Acrobat Sign REST v6.

https://secure.adobesign.com/public/docs/restapi/v6
"""
