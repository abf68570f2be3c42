"""DocuSeal's API, in the vendor's cloud or on a server of one's own with a Pro licence.

https://www.docuseal.com/docs/api
"""
